package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L7: what is asked of a use whose body returned the future of another one. */
@ExtendWith(LeakCheck.class)
class L7NestedRequestsTest {
  private final Journal journal = new Journal();

  @Test
  void request_onANestedUse_isPassedToIt() {
    var inner = new ByHand(journal);
    inner.arrive();
    inner.exit.complete(Verdict.PROPAGATE);
    var outer = new ByHand(journal);
    outer.arrive();
    outer.exit.complete(Verdict.PROPAGATE);
    var leaf = new CompletableFuture<String>();
    CompletableFuture<String> nested =
        outer.useAsync(_ -> inner.useAsync((_, cancellation) -> cancellation.cancelling(leaf)));

    nested.cancel(true);

    assertThat(leaf).isCancelled();
    assertThat(nested).isCancelled();
    assertThat(journal.events())
        .endsWith("exit cancelled CancellationException", "exit cancelled CancellationException");
  }

  @Test
  void cancel_bodyOfANestedUseHasEnded_isTooLate() {
    var inner = new ByHand(journal);
    inner.arrive();
    var outer = new ByHand(journal);
    outer.arrive();
    outer.exit.complete(Verdict.PROPAGATE);
    CompletableFuture<String> nested =
        outer.useAsync(_ -> inner.useAsync(CompletableFuture::completedFuture));

    assertThat(nested.cancel(true)).isFalse();
    inner.exit.complete(Verdict.PROPAGATE);

    assertThat(nested).isCompletedWithValue("value");
    assertThat(journal.events()).endsWith("exit succeeded", "exit succeeded");
  }

  @Test
  void cancel_aTimeoutHasEndedTheBodyOfANestedUse_isTooLate(VirtualTime time) {
    var inner = new ByHand(journal);
    inner.arrive();
    var outer = new ByHand(journal);
    outer.arrive();
    outer.exit.complete(Verdict.PROPAGATE);
    CompletableFuture<Void> nested =
        outer.useAsync(_ ->
            Async.timeout(Duration.ofMillis(20))
                .useAsync(_ ->
                    inner.useAsync((_, cancellation) ->
                        cancellation.cancelling(Async.sleepAsync(Duration.ofDays(1))))));
    time.advance(Duration.ofMillis(20));

    assertThat(nested.cancel(true)).isFalse();
    inner.exit.complete(Verdict.PROPAGATE);

    assertThat(nested.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(journal.events())
        .endsWith("exit cancelled TimeoutException", "exit failed timed out after PT0.02S");
  }
}
