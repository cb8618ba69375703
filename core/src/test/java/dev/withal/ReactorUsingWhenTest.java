package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Reactor pins down of its usingWhen and no other test says already. */
@ExtendWith(LeakCheck.class)
class ReactorUsingWhenTest {
  private static final ScopedValue<String> USER = ScopedValue.newInstance();

  private final Journal journal = new Journal();
  private final ByHand manager = new ByHand(journal);
  private final CompletableFuture<String> body = new CompletableFuture<>();

  @Test
  void cancel_exitFails_isAddedToTheCancellation() {
    var error = new IOException("exit");
    manager.arrive();
    manager.exit.completeExceptionally(error);
    CompletableFuture<String> result =
        manager.useAsync((_, cancellation) -> cancellation.cancelling(body));

    result.cancel(true);

    assertThat(result).isCancelled();
    assertThat(reason(result)).isExactlyInstanceOf(CancellationException.class);
    assertThat(reason(result).getSuppressed()).containsExactly(error);
  }

  @Test
  void cancel_exitReturnsNull_isAddedToTheCancellation() {
    AsyncContextManager<String> broken =
        AsyncContextManager.of(() -> CompletableFuture.completedFuture("value"), (_, _) -> null);
    CompletableFuture<String> result =
        broken.useAsync((_, cancellation) -> cancellation.cancelling(body));

    result.cancel(true);

    assertThat(result).isCancelled();
    assertThat(reason(result).getSuppressed())
        .singleElement()
        .isInstanceOf(NullPointerException.class)
        .extracting(Throwable::getMessage)
        .isEqualTo(
            "exitAsync returned null instead of a stage: return one that completes with a"
                + " verdict");
  }

  @OnEveryCarrier
  void bodyFails_exitReturnsNull_isAddedToTheBodysError(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");
    AsyncContextManager<String> broken =
        AsyncContextManager.of(() -> carrier.step(() -> "value"), (_, _) -> null);

    Throwable thrown = catchThrowable(() -> carrier.use(time, broken, _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error);
    assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(NullPointerException.class);
  }

  @Test
  void cancel_afterTheBodyFailed_isTooLate() {
    manager.arrive();
    CompletableFuture<String> result = manager.useAsync(_ -> body);
    body.completeExceptionally(new IOException("body"));

    assertThat(result.cancel(true)).isFalse();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(result.state()).isEqualTo(Future.State.FAILED);
    assertThat(result.exceptionNow()).hasMessage("body");
    assertThat(journal.events()).containsExactly("enter", "exit failed body");
  }

  @Test
  void scopedValue_inDirectStyle_isSeenByEnterBodyAndExit(VirtualTime time) throws Exception {
    AsyncContextManager<String> noting =
        AsyncContextManager.generator(yield -> {
          journal.add("enter " + USER.get());
          yield.value("value");
          journal.add("exit " + USER.get());
        });

    ScopedValue.where(USER, "user")
        .call(() ->
            noting.<String, Exception>use(value -> {
              journal.add("body " + USER.get());
              return value;
            }));

    assertThat(journal.events()).containsExactly("enter user", "body user", "exit user");
  }

  private static Throwable reason(CompletableFuture<?> future) {
    return future.handle((_, error) -> error).join();
  }
}
