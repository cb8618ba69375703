package dev.withal.leases.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.leases.internal.Clock;
import dev.withal.leases.internal.Grant;
import dev.withal.leases.internal.Term;
import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A crowd that gives leases back shares its statements. */
@ExtendWith(LeakCheck.class)
class ReturnsTest {
  private static final int CROWD = 30;

  private final ConcurrentLinkedQueue<List<Grant>> sent = new ConcurrentLinkedQueue<>();
  private final Map<Thread, CompletableFuture<Void>> answers = new ConcurrentHashMap<>();
  private final Returns returns = new Returns(this::free);

  /** The answer to those for whom a test has one comes when the test says so. */
  private void free(List<Grant> grants) throws Exception {
    sent.add(grants);
    CompletableFuture<Void> answer = answers.get(Thread.currentThread());
    if (answer != null) {
      Async.<Void, Exception>await(answer);
    }
  }

  /** One who gives back a lease. */
  private final class Returning {
    final Grant grant;
    final CompletableFuture<Void> end = new CompletableFuture<>();
    final CompletableFuture<Void> answer = new CompletableFuture<>();
    final Thread thread;

    Returning(String name, boolean isAnsweredLater) {
      grant = new Grant(name, name, 1, new Term(this, Duration.ofSeconds(30)), Clock.SYSTEM.now());
      thread =
          Thread.ofVirtual()
              .unstarted(() -> {
                try {
                  returns.release(grant);
                  end.complete(null);
                } catch (Throwable error) {
                  end.completeExceptionally(error);
                }
              });
      if (isAnsweredLater) {
        answers.put(thread, answer);
      }
    }

    Returning start() throws InterruptedException {
      thread.start();
      Machines.until(() -> thread.getState() == Thread.State.WAITING);
      return this;
    }
  }

  private List<Returning> silent() throws InterruptedException {
    return List.of(
        new Returning("silent 1", true).start(),
        new Returning("silent 2", true).start(),
        new Returning("silent 3", true).start());
  }

  private List<Returning> crowd() throws InterruptedException {
    var crowd = new ArrayList<Returning>();
    for (int i = 0; i < CROWD; i++) {
      crowd.add(new Returning("crowd " + i, false).start());
    }
    return crowd;
  }

  private static List<Grant> grants(Stream<Returning> of) {
    return of.map(one -> one.grant).toList();
  }

  @Test
  void release_crowd_isSentAsOneStatementThatNoSilentOneDelays() throws Exception {
    List<Returning> silent = silent();
    List<Returning> crowd = crowd();

    silent.getFirst().answer.complete(null);

    for (Returning one : crowd) {
      Async.await(one.end);
    }
    assertThat(sent).hasSize(4);
    assertThat(List.copyOf(sent).getLast()).containsAll(grants(crowd.stream()));
    assertThat(silent.subList(1, 3)).noneMatch(one -> one.end.isDone());
    silent.forEach(one -> one.answer.complete(null));
    for (Returning one : silent) {
      Async.await(one.end);
    }
    assertThat(sent).hasSize(4);
  }

  @Test
  void release_statementFails_isTheSendersAloneAndTheOthersAreSentAgain() throws Exception {
    var failure = new IOException("of the network");
    List<Returning> silent = silent();
    Returning failing = new Returning("failing", true).start();
    List<Returning> crowd = crowd();
    failing.answer.completeExceptionally(failure);

    silent.getFirst().answer.complete(null);

    assertThat(catchThrowable(() -> Async.await(failing.end))).isSameAs(failure);
    for (Returning one : crowd) {
      Async.await(one.end);
    }
    assertThat(sent).hasSize(5);
    assertThat(List.copyOf(sent).getLast())
        .containsAll(grants(crowd.stream()))
        .doesNotContain(failing.grant);
    silent.forEach(one -> one.answer.complete(null));
    for (Returning one : silent) {
      Async.await(one.end);
    }
  }

  @Test
  void release_isInterruptedAsItWaits_isNotSentAnyMore() throws Exception {
    List<Returning> silent = silent();
    Returning givenUp = new Returning("given up", false).start();

    givenUp.thread.interrupt();
    assertThat(catchThrowable(() -> Async.await(givenUp.end)))
        .isInstanceOf(InterruptedException.class);
    Returning next = new Returning("next", false).start();
    silent.forEach(one -> one.answer.complete(null));
    Async.await(next.end);
    for (Returning one : silent) {
      Async.await(one.end);
    }

    assertThat(sent).hasSize(4);
    assertThat(List.copyOf(sent).getLast()).contains(next.grant).doesNotContain(givenUp.grant);
  }
}
