package dev.withal;

import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What managers and contexts are called that nobody has named, and how far a name reaches. */
@ExtendWith(LeakCheck.class)
class NamesTest {
  private static final Duration STEP = Carrier.STEP;

  private final List<Report> reports = new CopyOnWriteArrayList<>();

  /** An opener whose class has a name. */
  private static final class Opener implements Supplier<CompletionStage<String>> {
    @Override
    public CompletionStage<String> get() {
      return CompletableFuture.completedFuture("secret");
    }
  }

  private static CompletionStage<String> open() {
    return CompletableFuture.completedFuture("secret");
  }

  private static CompletionStage<Void> close(String value) {
    return CompletableFuture.completedFuture(null);
  }

  @Test
  void nobodyNamed_madeOfFunctions_saysWhereItWasMade() {
    int line = line() + 1;
    var closing = AsyncContextManager.closing(NamesTest::open, NamesTest::close);
    var made = AsyncContextManager.of(() -> open(), (_, _) -> Verdict.PROPAGATE.now());
    var generator = AsyncContextManager.<String>generator(yield -> yield.value("secret"));
    var blocking = ContextManager.closing(() -> (AutoCloseable) () -> {});

    assertThat(closing).hasToString("closing at NamesTest.java:" + line);
    assertThat(made).hasToString("manager at NamesTest.java:" + (line + 1));
    assertThat(generator).hasToString("generator at NamesTest.java:" + (line + 2));
    assertThat(blocking).hasToString("closing at NamesTest.java:" + (line + 3));
    assertThat(blocking.async()).hasToString("closing at NamesTest.java:" + (line + 3));
    assertThat(closing.map(String::length).suppressing(IOException.class).exitTimeout(STEP))
        .hasToString("closing at NamesTest.java:" + line);
    assertThat(AsyncContextManager.all(List.of(closing.named("a"), made)))
        .hasToString("[a, manager at NamesTest.java:" + (line + 1) + "]");
  }

  @Test
  void nobodyNamed_madeOfAClassWithAName_saysWhich() {
    assertThat(AsyncContextManager.closing(new Opener(), NamesTest::close))
        .hasToString("closing of " + Opener.class.getName());
  }

  @Test
  void nobodyNamed_others_areReadable() {
    AsyncContextManager<String> lambda = () -> null;

    assertThat(AsyncContextManager.ofValue("secret")).hasToString("value");
    assertThat(AsyncExitStack.manager()).hasToString("exit stack");
    assertThat(AsyncExitStack.open()).hasToString("exit stack");
    assertThat(Async.timeout(STEP)).hasToString("timeout");
    assertThat(lambda.map(value -> value)).hasToString("lambda of " + NamesTest.class.getName());
  }

  @Test
  void contexts_areCalledAsTheirManager(VirtualTime time) throws Exception {
    var closing = AsyncContextManager.closing(NamesTest::open, NamesTest::close).named("session");
    var generator = AsyncContextManager.<String>generator(yield -> yield.value("")).named("lock");

    assertThat(nameOfContext(closing, time)).isEqualTo("session");
    assertThat(nameOfContext(generator, time)).isEqualTo("lock");
    assertThat(nameOfContext(AsyncContextManager.all(List.of(closing, generator)), time))
        .isEqualTo("[session, lock]");
    assertThat(nameOfContext(closing.map(value -> value), time)).isEqualTo("session");
    assertThat(nameOfContext(AsyncExitStack.manager().named("jobs"), time)).isEqualTo("jobs");
  }

  private static String nameOfContext(AsyncContextManager<?> manager, VirtualTime time)
      throws Exception {
    AsyncContext<?> context = time.await(manager.enterAsync());
    time.await(context.exitAsync(ExitCase.success()));
    return context.toString();
  }

  @Test
  void stack_lateExitFails_isReportedWithThePlaceOfTheExit() {
    var stack = AsyncExitStack.open();
    stack.close();
    var failed = new IOException("late");
    int line;
    try (var _ = Report.listen(reports::add)) {
      line = line() + 1;
      var _ = catchThrowable(() -> stack.deferAsync(() -> failedFuture(failed)));
    }

    assertThat(reports)
        .extracting(Report::context, Report::error)
        .containsExactly(tuple("exit at NamesTest.java:" + line, failed));
  }

  @Test
  void timeout_namedInStageStyle_saysSo(VirtualTime time) {
    CompletableFuture<String> use =
        Async.timeout(STEP)
            .named("checkout")
            .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));
    time.advance(STEP);

    assertThat(use.exceptionNow())
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("checkout timed out after PT0.01S");
  }

  @Test
  void timeout_inDirectStyle_showsWhereTheBodyIs(VirtualTime time) {
    Throwable thrown = catchThrowable(() -> Async.timeout(STEP).use(_ -> payTheBill()));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class).hasNoSuppressedExceptions();
    assertThat(methods(thrown)).contains("payTheBill", "timeout_inDirectStyle_showsWhereTheBodyIs");
  }

  @Test
  void timeout_onAStackInDirectStyle_showsWhereTheBodyIs(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            AsyncExitStack.manager()
                .use(stack -> {
                  stack.enter(Async.timeout(STEP).named("checkout"));
                  return payTheBill();
                }));

    assertThat(thrown).hasMessage("checkout timed out after PT0.01S");
    assertThat(methods(thrown)).contains("payTheBill");
  }

  @Test
  void timeout_inAGroupInDirectStyle_showsWhereTheBodyIs(VirtualTime time) {
    var group = AsyncContextManager.all(List.of(Async.timeout(STEP).named("checkout")));
    Throwable thrown = catchThrowable(() -> group.use(_ -> payTheBill()));

    assertThat(thrown).hasMessage("checkout timed out after PT0.01S");
    assertThat(methods(thrown)).contains("payTheBill");
  }

  @Test
  void timeout_behindFlatMapInDirectStyle_showsWhereTheBodyIs(VirtualTime time) {
    var chain =
        AsyncContextManager.ofValue("a").flatMap(_ -> Async.timeout(STEP).named("checkout"));
    Throwable thrown = catchThrowable(() -> chain.use(_ -> payTheBill()));

    assertThat(thrown).hasMessage("checkout timed out after PT0.01S");
    assertThat(methods(thrown)).contains("payTheBill");
  }

  @Test
  void timeout_aroundAYieldInDirectStyle_showsWhereTheBodyIs(VirtualTime time) {
    Throwable thrown = catchThrowable(() -> bounded().use(_ -> payTheBill()));

    assertThat(thrown).hasMessage("checkout timed out after PT0.01S");
    assertThat(methods(thrown)).contains("payTheBill");
  }

  @Test
  void timeout_aroundAYieldOnAStackInDirectStyle_saysItsName(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            AsyncExitStack.manager()
                .use(stack -> {
                  stack.enter(bounded());
                  return payTheBill();
                }));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("checkout timed out after PT0.01S");
  }

  /** A generator with a timeout around its yield. */
  private static AsyncContextManager<String> bounded() {
    return AsyncContextManager.generator(yield ->
        Async.timeout(STEP)
            .named("checkout")
            .use(_ -> {
              yield.value("a");
              return null;
            }));
  }

  @Test
  void timeout_inStageStyle_carriesWhatTheBodyAnswered(VirtualTime time) {
    var answer = new IOException("the order was half paid");
    CompletableFuture<String> use =
        Async.timeout(STEP)
            .named("checkout")
            .useAsync((_, cancellation) -> {
              var paid = new CompletableFuture<String>();
              cancellation.onRequest(_ -> paid.completeExceptionally(answer));
              return paid;
            });
    time.advance(STEP);

    Throwable error = use.exceptionNow();
    assertThat(error)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("checkout timed out after PT0.01S");
    assertThat(error.getSuppressed()).containsExactly(answer);
  }

  private static String payTheBill() throws InterruptedException {
    Async.sleep(Duration.ofDays(1));
    return "paid";
  }

  private static List<String> methods(Throwable error) {
    return Arrays.stream(error.getStackTrace()).map(StackTraceElement::getMethodName).toList();
  }

  private static int line() {
    return StackWalker.getInstance()
        .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
  }
}
