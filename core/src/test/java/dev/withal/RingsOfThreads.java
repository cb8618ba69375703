package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssertAlternative;

/** What tests of uses that wait for each other by way of threads need. */
abstract class RingsOfThreads {
  final Journal journal = new Journal();
  final List<CompletableFuture<Object>> uses = new CopyOnWriteArrayList<>();
  final CountDownLatch known = new CountDownLatch(1);

  final AsyncContextManager<String> manager =
      AsyncContextManager.of(
              () -> CompletableFuture.completedFuture("value"),
              (_, how) -> {
                journal.add("exit " + Probe.describe(how));
                return Verdict.PROPAGATE.now();
              })
          .named("a");

  Verdict verdictOfTheFirst() throws Exception {
    awaitTheFirst();
    return Verdict.PROPAGATE;
  }

  Object awaitTheFirst() throws Exception {
    return awaits(0);
  }

  Object awaits(int use) throws Exception {
    known.await();
    return Async.await(uses.get(use));
  }

  void assertRefused(String message) {
    assertFirstFailsWith(message);
    assertThat(journal.events()).containsExactly("exit failed " + message);
  }

  void assertFirstFailsWith(String message) {
    known.countDown();
    refusal(uses.getFirst())
        .withMessage(message)
        .satisfies(error -> assertThat(error).hasNoSuppressedExceptions());
  }

  static ThrowableAssertAlternative<?> refusal(CompletableFuture<?> use) {
    return assertThat(use)
        .failsWithin(1, TimeUnit.MINUTES)
        .withThrowableThat()
        .havingCause()
        .isExactlyInstanceOf(IllegalStateException.class);
  }
}
