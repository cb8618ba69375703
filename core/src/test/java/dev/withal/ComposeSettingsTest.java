package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The grace period and the executor of a manager that is made of others hold for its parts. */
@ExtendWith(LeakCheck.class)
class ComposeSettingsTest {
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final Journal journal = new Journal();
  private final ByHand never = new ByHand(journal);
  private final ManualExecutor executor = new ManualExecutor();

  @Test
  void grace_ofAChain_holdsForItsEnters(VirtualTime time) {
    assertEndsAfterTheGracePeriod(time, never.map(value -> value).grace(GRACE));
  }

  @Test
  void grace_ofALongerChain_holdsForItsInnerEnters(VirtualTime time) {
    AsyncContextManager<String> first = AsyncContextManager.ofValue("first");

    assertEndsAfterTheGracePeriod(time, first.flatMap(_ -> never).grace(GRACE));
  }

  @Test
  void grace_ofAChainOnAStack_holdsForItsParts(VirtualTime time) throws Exception {
    var ended = new CompletableFuture<Duration>();
    Thread thread =
        time.start(() -> {
          var stack = AsyncExitStack.open();
          var _ =
              catchThrowable(() ->
                  stack.enter(
                      AsyncContextManager.ofValue("first").flatMap(_ -> never).grace(GRACE)));
          ended.complete(time.elapsed());
          stack.close();
        });
    time.settle();

    time.interrupt(thread);
    time.advance(GRACE.plusSeconds(1));

    assertThat(ended).isCompletedWithValue(GRACE);
  }

  @Test
  void grace_aroundABlockingView_holds(VirtualTime time) throws Exception {
    assertWaitsForTheGracePeriod(time, never.blocking().async().grace(GRACE));
  }

  @Test
  void grace_ofAGroup_holdsForItsMembers(VirtualTime time) {
    assertEndsAfterTheGracePeriod(time, AsyncContextManager.all(List.of(never)).grace(GRACE));
  }

  @Test
  void grace_beforeAnExitTimeout_holds(VirtualTime time) {
    assertEndsAfterTheGracePeriod(time, never.grace(GRACE).exitTimeout(Carrier.STEP));
  }

  @Test
  void grace_afterAnExitTimeout_holds(VirtualTime time) {
    assertEndsAfterTheGracePeriod(time, never.exitTimeout(Carrier.STEP).grace(GRACE));
  }

  @Test
  void grace_afterSuppressing_holds(VirtualTime time) {
    assertEndsAfterTheGracePeriod(time, never.suppressing(IOException.class).grace(GRACE));
  }

  @Test
  void grace_beforeSuppressing_holds(VirtualTime time) {
    assertEndsAfterTheGracePeriod(time, never.grace(GRACE).suppressing(IOException.class));
  }

  @Test
  void grace_ofAPart_isKeptByIt(VirtualTime time) {
    AsyncContextManager<String> chain = never.grace(GRACE).map(value -> value);

    assertEndsAfterTheGracePeriod(time, chain.grace(Duration.ofSeconds(1)));
  }

  @Test
  void grace_ofAChainOfNamedParts_holdsForTheirEnters(VirtualTime time) {
    AsyncContextManager<String> first = AsyncContextManager.ofValue("first").named("first");

    assertEndsAfterTheGracePeriod(
        time, first.flatMap(_ -> never.named("never")).map(value -> value).grace(GRACE));
  }

  @Test
  void grace_ofAGroup_holdsForItsNamedMembers(VirtualTime time) {
    assertEndsAfterTheGracePeriod(
        time, AsyncContextManager.all(List.of(never.named("never"))).grace(GRACE));
  }

  @Test
  void grace_afterSuppressingOfANamedPart_holdsInDirectStyle(VirtualTime time) throws Exception {
    assertWaitsForTheGracePeriod(
        time, never.named("never").suppressing(IOException.class).grace(GRACE));
  }

  @Test
  void grace_aroundABlockingViewOfANamedPart_holds(VirtualTime time) throws Exception {
    assertWaitsForTheGracePeriod(time, never.named("never").blocking().async().grace(GRACE));
  }

  @Test
  void grace_insideABlockingView_holdsInBothStyles(VirtualTime time) throws Exception {
    DualContextManager<String> view = never.grace(GRACE).blocking().async();

    assertWaitsForTheGracePeriod(time, view);
    assertEndsAfterTheGracePeriod(time, view);
    assertEndsAfterTheGracePeriod(time, view.named("view"));
    assertEndsAfterTheGracePeriod(time, view.map(value -> value));
  }

  @Test
  void on_aChainOfNamedParts_runsEachEnterByTheExecutor() {
    var second = new ByHand(journal);
    CompletableFuture<String> result =
        never
            .named("first")
            .flatMap(_ -> second.named("second"))
            .on(executor)
            .useAsync(CompletableFuture::completedFuture);
    executor.runAll();
    never.arrive();
    assertThat(journal.events()).containsExactly("enter");

    executor.runAll();

    assertThat(journal.events()).containsExactly("enter", "enter");
    finish(second);
    finish(never);
    assertThat(result).isCompletedWithValue("value");
  }

  @Test
  void on_aGroupInDirectStyle_entersOnTheCallingThread() throws Exception {
    AsyncContextManager<String> first = AsyncContextManager.ofValue("first");
    AsyncContextManager<String> second = AsyncContextManager.ofValue("second");

    List<String> values =
        AsyncContextManager.all(List.of(first, second.named("second")))
            .on(executor)
            .use(value -> value);

    assertThat(values).containsExactly("first", "second");
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void on_aChain_runsEachEnterByTheExecutor() {
    var second = new ByHand(journal);
    CompletableFuture<String> result =
        never.flatMap(_ -> second).on(executor).useAsync(CompletableFuture::completedFuture);
    executor.runAll();
    never.arrive();
    assertThat(journal.events()).containsExactly("enter");

    executor.runAll();

    assertThat(journal.events()).containsExactly("enter", "enter");
    assertThat(result).isNotDone();
    finish(second);
    finish(never);
    assertThat(result).isCompletedWithValue("value");
  }

  @Test
  void on_aChain_runsEachExitByTheExecutor() {
    var second = new ByHand(journal);
    never.arrive();
    second.arrive();
    CompletableFuture<String> result =
        never.flatMap(_ -> second).on(executor).useAsync(CompletableFuture::completedFuture);
    executor.runAll();
    assertThat(journal.events()).containsExactly("enter", "enter", "exit succeeded");

    second.exit.complete(Verdict.PROPAGATE);
    assertThat(journal.events()).hasSize(3);
    executor.runAll();

    assertThat(journal.events()).hasSize(4);
    finish(never);
    assertThat(result).isCompletedWithValue("value");
  }

  @Test
  void on_aStack_entersAndExitsByTheExecutor() {
    AsyncExitStack stack = AsyncExitStack.open();
    CompletableFuture<String> value = stack.enterAsync(never.on(executor));
    assertThat(journal.events()).isEmpty();
    executor.runAll();
    never.arrive();
    executor.runAll();
    assertThat(value).isCompletedWithValue("value");

    stack.succeeded();
    CompletableFuture<Void> closed = stack.closeAsync();
    assertThat(journal.events()).containsExactly("enter");
    executor.runAll();
    never.exit.complete(Verdict.PROPAGATE);
    executor.runAll();

    assertThat(closed).isCompleted();
    assertThat(journal.events()).containsExactly("enter", "exit succeeded");
  }

  @Test
  void grace_ofAGeneratorThatTakesNoNotice_holdsBehindAnExitTimeout(VirtualTime time) {
    AsyncContextManager<String> heedless =
        AsyncContextManager.generator(yield -> {
          Await.shielded(never.enter);
          yield.value("value");
        });

    assertEndsAfterTheGracePeriod(time, heedless.exitTimeout(Duration.ofDays(1)).grace(GRACE));
    never.arrive();
  }

  @Test
  void settings_null_areRefused() {
    assertThatNullPointerException().isThrownBy(() -> never.grace(null)).withMessage("period");
    assertThatNullPointerException().isThrownBy(() -> never.on(null)).withMessage("executor");
  }

  /** Cancels a use while it enters: it waits for the grace period, and not for longer. */
  private static void assertEndsAfterTheGracePeriod(
      VirtualTime time, AsyncContextManager<?> manager) {
    CompletableFuture<Object> result = manager.useAsync(CompletableFuture::completedFuture);
    result.cancel(true);

    time.advance(GRACE.minusMillis(1));
    assertThat(result).isNotDone();
    time.advance(Duration.ofMillis(1));
    assertThat(result).isCancelled();
  }

  /** The same of a thread that is interrupted in direct style. */
  private static void assertWaitsForTheGracePeriod(
      VirtualTime time, AsyncContextManager<String> manager) {
    var ended = new CompletableFuture<Duration>();
    Thread thread =
        time.start(() -> {
          var _ = catchThrowable(() -> manager.use(value -> value));
          ended.complete(time.elapsed());
        });
    time.settle();

    time.interrupt(thread);
    time.advance(GRACE.plusSeconds(1));

    assertThat(ended).isCompletedWithValue(GRACE);
  }

  private void finish(ByHand manager) {
    manager.arrive();
    executor.runAll();
    manager.exit.complete(Verdict.PROPAGATE);
    executor.runAll();
  }
}
