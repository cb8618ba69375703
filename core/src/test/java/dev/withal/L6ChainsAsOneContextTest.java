package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L6, L9: a chain that is entered as one context tells each of its parts the same case. */
@ExtendWith(LeakCheck.class)
class L6ChainsAsOneContextTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Journal journal = new Journal();

  @OnEveryCarrier
  void chain_withExitTimeout_tellsEachPartItsDeadline(Carrier carrier, VirtualTime time)
      throws Exception {
    AsyncContextManager<String> chain = telling("a").flatMap(_ -> telling("b"));

    carrier.use(time, chain.exitTimeout(LIMIT), value -> value);

    Instant deadline = Instant.EPOCH.plus(time.elapsed()).plus(LIMIT);
    assertThat(journal.events())
        .containsExactly("b succeeded by " + deadline, "a succeeded by " + deadline);
  }

  @Test
  void chain_withAName_isAsked_tellsEachPartOfIt(VirtualTime time) {
    var hanging = new CompletableFuture<String>();
    CompletableFuture<String> use =
        telling("a")
            .flatMap(_ -> telling("b"))
            .named("chain")
            .useAsync((_, cancellation) -> cancellation.cancelling(hanging))
            .orTimeout(1, TimeUnit.SECONDS);

    time.advance(Duration.ofSeconds(3));

    assertThat(use.isCompletedExceptionally()).isTrue();
    assertThat(journal.events())
        .containsExactly(
            "b cancelled TimeoutException by " + ExitCase.UNBOUNDED,
            "a cancelled TimeoutException by " + ExitCase.UNBOUNDED);
  }

  @Test
  void chain_firstPartEntersLate_tellsTheOthersItsDeadline(VirtualTime time) throws Exception {
    var late = new CompletableFuture<String>();
    CompletableFuture<String> use =
        telling("a", late)
            .flatMap(_ -> telling("b"))
            .flatMap(_ -> telling("c"))
            .exitTimeout(LIMIT)
            .useAsync(CompletableFuture::completedFuture);

    late.complete("a");

    assertThat(time.await(use)).isEqualTo("c");
    String told = " succeeded by " + Instant.EPOCH.plus(LIMIT);
    assertThat(journal.events()).containsExactly("c" + told, "b" + told, "a" + told);
  }

  @Test
  void chain_firstPartEntersLateAndTheLastExitIsSuppressed_leavesNoValue(VirtualTime time)
      throws Exception {
    var late = new CompletableFuture<String>();
    var failing = new Probe(journal, Carrier.STAGE_COMPLETE, "c").failingToExit(new IOException());
    CompletableFuture<String> use =
        telling("a", late)
            .flatMap(_ -> telling("b"))
            .flatMap(_ -> failing.suppressing(IOException.class))
            .named("chain")
            .exitTimeout(LIMIT)
            .useAsync(CompletableFuture::completedFuture);

    late.complete("a");

    assertThat(time.await(use)).isNull();
  }

  private AsyncContextManager<String> telling(String name) {
    return telling(name, CompletableFuture.completedFuture(name));
  }

  private AsyncContextManager<String> telling(String name, CompletableFuture<String> entering) {
    return AsyncContextManager.of(
        () -> entering,
        (_, how) -> {
          journal.add(name + " " + Probe.describe(how) + " by " + how.deadline());
          return Verdict.PROPAGATE.now();
        });
  }
}
