package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.testkit.EventLoopThread;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Withal says of mistakes that javac can't see: one sentence each, with the mend. */
@ExtendWith(LeakCheck.class)
class MisuseTest {
  private final AsyncContextManager<String> name = AsyncContextManager.ofValue("orders");

  @Test
  void body_givesNull_isToldWhatToReturn() {
    assertThat(messageOf(() -> Async.await(name.useAsync(_ -> null))))
        .isEqualTo(
            "the body returned null instead of a stage: return one that completes as the body"
                + " ends");
  }

  @Test
  void enter_givesNull_isToldWhatToReturn() {
    AsyncContextManager<String> broken = () -> null;

    assertThat(messageOf(() -> broken.use(n -> n)))
        .isEqualTo(
            "enterAsync returned null instead of a stage: return one that completes with a"
                + " context");
  }

  @Test
  void enter_completesWithNull_isToldWhatToCompleteWith() {
    AsyncContextManager<String> broken = () -> completedFuture(null);

    assertThat(messageOf(() -> broken.use(n -> n)))
        .isEqualTo(
            "enterAsync completed with null instead of a context: complete it with an"
                + " AsyncContext");
  }

  @Test
  void exit_givesNull_isToldWhatToReturn() {
    record Broken(String value) implements AsyncContext<String> {
      @Override
      public CompletionStage<Verdict> exitAsync(ExitCase how) {
        return null;
      }
    }
    AsyncContextManager<String> broken = () -> completedFuture(new Broken("orders"));

    assertThat(messageOf(() -> broken.use(n -> n)))
        .isEqualTo(
            "exitAsync returned null instead of a stage: return one that completes with a"
                + " verdict");
  }

  @Test
  void stack_usedAgain_isToldToOpenAnother() {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.close();

    assertThat(messageOf(() -> stack.defer(() -> {})))
        .isEqualTo("this exit stack is closed: a stack is used once, so open a new one");
  }

  @Test
  void generator_withoutAYield_isToldToYield() {
    AsyncContextManager<String> broken = AsyncContextManager.generator(_ -> {});

    assertThat(messageOf(() -> broken.use(n -> n)))
        .isEqualTo("the generator did not yield: yield one value");
  }

  @Test
  void directStyle_onAnEventLoop_isToldTheStageStyle() throws Exception {
    var told = new CompletableFuture<String>();
    var loop =
        new EventLoopThread(() -> told.complete(messageOf(() -> name.use(n -> n))), "loop-1");
    loop.start();
    loop.join();

    assertThat(told)
        .isCompletedWithValue(
            "use blocks, and loop-1 is an event-loop thread: call useAsync instead");
  }

  @Test
  void group_ofNoWidth_isToldTheLeast() {
    assertThat(messageOf(() -> AsyncContextManager.all(0, List.of(name)).use(n -> n)))
        .isEqualTo("width must be at least 1, but is 0");
  }

  @Test
  void untilShutdown_outsideOfARun_isToldToRun() {
    assertThat(messageOf(() -> Async.untilShutdown(Duration.ofSeconds(1))))
        .isEqualTo(
            "untilShutdown was called outside of Async.run, which is what tells of a shutdown");
  }

  @Test
  void timeout_rescheduledTooLate_isToldSo(VirtualTime time) {
    assertThat(
            messageOf(() ->
                Async.timeout(Duration.ofHours(1))
                    .use(timeout -> timeout)
                    .reschedule(Duration.ofSeconds(1))))
        .isEqualTo("the body of this timeout has ended: it can't be rescheduled");
  }

  private static String messageOf(ThrowingCallable misuse) {
    return catchThrowable(misuse).getMessage();
  }
}
