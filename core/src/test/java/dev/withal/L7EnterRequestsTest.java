package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L7: the enter of a manager of ours can be asked to end as a use can. */
@ExtendWith(LeakCheck.class)
class L7EnterRequestsTest {

  enum Kind {
    GENERATOR,
    GROUP,
    CHAIN,
    ENTER_TIMEOUT,
    EXIT_TIMEOUT,
    SUPPRESSING;

    @SuppressWarnings("unchecked") // nothing is done with the value
    CompletableFuture<AsyncContext<Object>> enter() {
      AsyncContextManager<String> slow =
          AsyncContextManager.generator(yield -> {
            Async.sleep(Carrier.STEP);
            yield.value("value");
          });
      AsyncContextManager<?> manager =
          switch (this) {
            case GENERATOR -> slow;
            case GROUP -> AsyncContextManager.all(List.of(slow, slow));
            case CHAIN -> slow.map(value -> value);
            case ENTER_TIMEOUT -> slow.enterTimeout(Duration.ofDays(1));
            case EXIT_TIMEOUT -> slow.exitTimeout(Duration.ofDays(1));
            case SUPPRESSING -> slow.suppressing(IOException.class);
          };
      return (CompletableFuture<AsyncContext<Object>>) manager.enterAsync();
    }
  }

  @ParameterizedTest
  @EnumSource
  void request_whileItEnters_endsIt(Kind kind, VirtualTime time) {
    CompletableFuture<AsyncContext<Object>> entering = kind.enter();
    time.settle();

    assertThat(entering.cancel(true)).isTrue();
    time.settle();

    assertThat(entering).isCompletedExceptionally();
    assertThat(time.elapsed()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void request_again_isNotTheFirst(Kind kind, VirtualTime time) {
    CompletableFuture<AsyncContext<Object>> entering = kind.enter();
    entering.completeExceptionally(new IOException("first"));

    assertThat(entering.completeExceptionally(new IOException("second"))).isFalse();

    time.settle();
    assertThat(entering).isCompletedExceptionally();
  }

  @ParameterizedTest
  @EnumSource
  void request_afterTheEnter_isTooLate(Kind kind, VirtualTime time) throws Exception {
    CompletableFuture<AsyncContext<Object>> entering = kind.enter();
    AsyncContext<Object> context = time.await(entering);

    assertThat(entering.completeExceptionally(new IOException("late"))).isFalse();

    assertThat(entering).isCompletedWithValue(context);
    CompletionStage<Verdict> exiting = context.exitAsync(ExitCase.success());
    time.settle();
    assertThat(exiting).isCompleted();
  }
}
