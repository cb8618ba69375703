package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L17: a stack that a body returns and nobody receives is exited. */
@ExtendWith(LeakCheck.class)
class L17DroppedStacksTest {
  private final Journal journal = new Journal();
  private final List<Report> reports = new ArrayList<>();
  private final Report.Registration registration = Report.listen(reports::add);
  private final IOException broken = new IOException("broken");

  @AfterEach
  void endListening() {
    registration.close();
  }

  @Test
  void stack_handedOutByABodyThatWasAsked_isExitedBeforeTheResult(VirtualTime time) {
    CompletableFuture<AsyncExitStack> started = startLater(Duration.ofMillis(200));

    started.orTimeout(50, TimeUnit.MILLISECONDS);
    time.advance(Duration.ofMillis(199));
    assertThat(started).isNotDone();
    time.advance(Duration.ofMillis(1));

    assertThat(journal.events()).containsExactly("exit server cancelled TimeoutException");
    assertThat(started.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(started.exceptionNow()).hasNoSuppressedExceptions();
    assertThat(reports).isEmpty();
  }

  @Test
  void stack_handedOutPastTheGracePeriod_isExitedInTheBackground(VirtualTime time) {
    CompletableFuture<AsyncExitStack> started = startByPush(Duration.ofSeconds(5));
    started.cancel(true);
    time.advance(Duration.ofSeconds(1));
    assertThat(started).isCancelled();

    time.advance(Duration.ofSeconds(4));

    assertThat(journal.events()).containsExactly("exit pushed cancelled CancellationException");
    assertThat(reports).extracting(Report::kind).containsExactly(Report.Kind.OVERLAP);
  }

  @OnEveryCarrier
  void stack_whoseUseFailsToExit_isExitedAfterThat(Carrier carrier, VirtualTime time) {
    var outer = new Probe(journal, carrier, "outer").failingToExit(broken);

    Throwable thrown = catchThrowable(() -> carrier.use(time, outer, _ -> filled()));

    assertThat(thrown).isSameAs(broken).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly(
            "enter outer", "entered outer", "exit outer succeeded", "exit pushed failed broken");
    assertThat(reports).isEmpty();
  }

  @Test
  void stack_ofABodyWhoseValueWasLost_isExitedBeforeTheExit() {
    Throwable thrown = catchThrowable(() -> losing().use(_ -> filled()));

    assertThat(thrown).isSameAs(broken);
    assertThat(journal.events())
        .containsExactly("exit pushed cancelled IOException", "exit cancelled IOException");
  }

  @Test
  void stack_thatSuppressesAndFails_changesTheErrorByItsFailureOnly() {
    var failure = new IllegalStateException("exit");
    Throwable thrown =
        catchThrowable(() ->
            losing()
                .use(_ -> {
                  AsyncExitStack stack = AsyncExitStack.open();
                  stack.pushAsync(_ -> Verdict.SUPPRESS.now());
                  stack.pushAsync(_ -> CompletableFuture.failedFuture(failure));
                  return stack;
                }));

    assertThat(thrown).isSameAs(broken).hasSuppressedException(failure);
  }

  @Test
  void stacks_insideOfAnOptionalOrAList_areExitedLastFirst() {
    Throwable thrown =
        catchThrowable(
            () -> losing().use(_ -> List.of(filled("a"), Optional.empty(), filled("b"))));
    var _ = catchThrowable(() -> losing().use(_ -> Optional.of(filled("c"))));

    assertThat(thrown).isSameAs(broken);
    assertThat(journal.events())
        .containsExactly(
            "exit b cancelled IOException",
            "exit a cancelled IOException",
            "exit cancelled IOException",
            "exit c cancelled IOException",
            "exit cancelled IOException");
  }

  @Test
  void stack_ofTheUseItself_isExitedOnce(VirtualTime time) {
    CompletableFuture<AsyncExitStack> use =
        AsyncExitStack.manager()
            .useAsync(stack -> {
              stack.pushAsync(this::tell);
              return Async.sleepAsync(Duration.ofMillis(10)).thenApply(_ -> stack);
            });
    use.cancel(true);
    time.advance(Duration.ofMillis(10));

    assertThat(journal.events()).containsExactly("exit pushed cancelled CancellationException");
    assertThat(use).isCancelled();
  }

  @Test
  void generator_failsToExit_releasesTheResult() {
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          yield.value("value");
          throw broken;
        });

    Throwable thrown = catchThrowable(() -> manager.use(_ -> filled()));

    assertThat(thrown).isSameAs(broken);
    assertThat(journal.events()).containsExactly("exit pushed failed broken");
  }

  @Test
  void synchronousManager_failsToExit_releasesTheResult() {
    ContextManager<String> manager =
        () ->
            new Context<>() {
              @Override
              public String value() {
                return "value";
              }

              @Override
              public Verdict exit(ExitCase how) throws IOException {
                throw broken;
              }
            };

    Throwable thrown = catchThrowable(() -> manager.use(_ -> filled()));
    Throwable again = catchThrowable(() -> manager.async().use(_ -> filled()));

    assertThat(thrown).isSameAs(broken);
    assertThat(again).isSameAs(broken);
    assertThat(journal.events())
        .containsExactly("exit pushed failed broken", "exit pushed failed broken");
  }

  // ---- what this needs -------------------------------------------------------------------------

  private AsyncExitStack filled() {
    return filled("pushed");
  }

  private AsyncExitStack filled(String name) {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.pushAsync(how -> tell(name, how));
    return stack;
  }

  private CompletionStage<Verdict> tell(ExitCase how) {
    return tell("pushed", how);
  }

  private CompletionStage<Verdict> tell(String name, ExitCase how) {
    journal.add("exit " + name + " " + Probe.describe(how));
    return Verdict.PROPAGATE.now();
  }

  private CompletableFuture<AsyncExitStack> startLater(Duration delay) {
    AsyncContextManager<String> server =
        AsyncContextManager.of(
            () -> Async.sleepAsync(delay).thenApply(_ -> "server"), (name, how) -> tell(name, how));
    return AsyncExitStack.manager()
        .useAsync(stack -> stack.enterAsync(server).thenApply(_ -> stack.popAll()));
  }

  private CompletableFuture<AsyncExitStack> startByPush(Duration delay) {
    return AsyncContextManager.ofValue("value")
        .useAsync(_ -> Async.sleepAsync(delay).thenApply(_ -> filled()));
  }

  /** {@return a manager whose value is lost as the body begins} */
  private AsyncContextManager<String> losing() {
    return new Losing(journal, broken);
  }
}
