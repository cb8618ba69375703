package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** L14: direct style on an event-loop thread is refused at once; with the libraries themselves. */
@ExtendWith(LeakCheck.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class L14GuardTest {
  private final Vertx vertx = Vertx.vertx();
  private final MultiThreadIoEventLoopGroup netty =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final DefaultEventLoop local = new DefaultEventLoop();
  private final DefaultEventExecutorGroup nettyWorkers = new DefaultEventExecutorGroup(1);
  private final Scheduler parallel = Schedulers.newParallel("guard", 1);
  private final Scheduler elastic = Schedulers.newBoundedElastic(1, 10, "guard-elastic");

  private final AsyncContextManager<String> manager = AsyncContextManager.ofValue("value");

  @AfterAll
  void close() throws Exception {
    parallel.dispose();
    elastic.dispose();
    nettyWorkers.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    local.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    netty.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  Stream<Arguments> eventLoops() {
    return Stream.of(
        thread("Netty", netty),
        thread("Netty, local", local),
        thread("Vert.x", task -> vertx.runOnContext(_ -> task.run())),
        thread("Reactor", parallel::schedule));
  }

  Stream<Arguments> workers() {
    return Stream.of(
        thread("Netty", nettyWorkers),
        thread(
            "Vert.x",
            task ->
                vertx.executeBlocking(() -> {
                  task.run();
                  return null;
                })),
        thread("Reactor", elastic::schedule),
        thread("JDK pool", CompletableFuture.completedFuture("").defaultExecutor()),
        thread("virtual thread", Thread::startVirtualThread));
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("eventLoops")
  void use_onAnEventLoop_isRefused(String name, Executor eventLoop) {
    Throwable thrown = on(eventLoop, () -> manager.use(value -> value));

    assertRefused(thrown, "use blocks, and ", " is an event-loop thread: call useAsync instead");
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("eventLoops")
  void generator_onAnEventLoop_isRefusedBeforeItRuns(String name, Executor eventLoop) {
    var ran = new CompletableFuture<Void>();
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yield -> {
          ran.complete(null);
          yield.value("value");
        });

    Throwable thrown = on(eventLoop, () -> generator.use(value -> value));

    assertRefused(thrown, "use blocks, and ", "call useAsync instead");
    assertThat(ran).isNotDone();
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("eventLoops")
  void await_onAnEventLoop_isRefused(String name, Executor eventLoop) {
    Throwable thrown = on(eventLoop, () -> Async.await(CompletableFuture.completedFuture("value")));

    assertRefused(thrown, "Async.await blocks, and ", "call whenComplete on the stage instead");
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("eventLoops")
  void sleep_onAnEventLoop_isRefused(String name, Executor eventLoop) {
    Throwable thrown =
        on(
            eventLoop,
            () -> {
              Async.sleep(Duration.ofDays(1));
              return null;
            });

    assertRefused(thrown, "Async.sleep blocks, and ", "call Async.sleepAsync instead");
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("eventLoops")
  void untilShutdown_onAnEventLoop_isRefusedBeforeItAsksForTime(String name, Executor eventLoop) {
    // Outside of a run, asking for time is refused in other words.
    Throwable thrown =
        on(
            eventLoop,
            () -> {
              Async.untilShutdown(Duration.ofSeconds(1));
              return null;
            });

    assertRefused(
        thrown, "Async.untilShutdown blocks, and ", "call Async.untilShutdownAsync instead");
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("eventLoops")
  void callOfADriver_onAnEventLoop_isRefused(String name, Executor eventLoop) {
    Throwable thrown =
        on(
            eventLoop,
            () -> {
              Async.refuseEventLoop("query", "queryAsync");
              return null;
            });

    assertRefused(thrown, "query blocks, and ", "call queryAsync instead");
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("eventLoops")
  void run_onAnEventLoop_isRefused(String name, Executor eventLoop) {
    Throwable thrown = on(eventLoop, () -> Async.call(() -> "value"));

    assertRefused(thrown, "a run blocks, and ", "call it on another thread instead");
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("eventLoops")
  void stack_onAnEventLoop_isRefusedAndStaysOpen(String name, Executor eventLoop) {
    AsyncExitStack stack = AsyncExitStack.open();

    assertRefused(
        on(eventLoop, () -> stack.enter(manager)), "enter blocks, and ", "call enterAsync instead");
    assertRefused(
        on(
            eventLoop,
            () -> {
              stack.close();
              return null;
            }),
        "close blocks, and ",
        "call closeAsync instead");

    assertThat(stack.closeAsync()).isCompleted();
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("eventLoops")
  void bothProtocols_onAnEventLoop_areRefused(String name, Executor eventLoop) {
    ContextManager<String> synchronous = manager.blocking();
    DualContextManager<String> both = synchronous.async();

    assertRefused(on(eventLoop, () -> both.use(value -> value)), "use blocks", "useAsync instead");
    assertRefused(
        on(eventLoop, () -> synchronous.use(value -> value)),
        "a blocking enter blocks",
        "call enterAsync or useAsync instead");
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("eventLoops")
  void useAsync_onAnEventLoop_works(String name, Executor eventLoop) {
    Throwable thrown =
        on(eventLoop, () -> manager.useAsync(CompletableFuture::completedFuture).join());

    assertThat(thrown).isNull();
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("workers")
  void use_onAWorkerThread_works(String name, Executor worker) {
    Throwable thrown = on(worker, () -> manager.use(value -> value));

    assertThat(thrown).isNull();
  }

  @Test
  void use_onAThreadOfATaughtEventLoop_isRefused() {
    Throwable thrown =
        on(
            task -> Thread.ofPlatform().name("taught-loop-1").start(task),
            () -> manager.use(value -> value));

    assertThat(thrown)
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("use blocks, and taught-loop-1 is an event-loop thread: call useAsync instead");
  }

  @Test
  void use_detectorThrows_isReportedAndNobodyIsHurt() {
    List<Report> reports = new CopyOnWriteArrayList<>();
    Throwable thrown;
    try (var _ = Report.listen(reports::add)) {
      thrown =
          on(
              task -> Thread.ofPlatform().name("broken-loop-1").start(task),
              () -> manager.use(value -> value));
    }

    assertThat(thrown).isNull();
    assertThat(reports)
        .isNotEmpty()
        .allSatisfy(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.FAILED_CALLBACK);
          assertThat(report.message()).isEqualTo("a detector of event loops failed");
          assertThat(report.error()).hasMessage("detector");
        });
  }

  /** Registered as a service for the tests. */
  public static final class TaughtLoops implements EventLoopDetector {
    @Override
    public boolean isEventLoop(Thread thread) {
      if (thread.getName().startsWith("broken-loop-")) {
        throw new IllegalStateException("detector");
      }
      return thread.getName().startsWith("taught-loop-");
    }
  }

  private static Arguments thread(String name, Executor executor) {
    return Arguments.of(name, executor);
  }

  private static void assertRefused(Throwable thrown, String start, String end) {
    assertThat(thrown)
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(start)
        .hasMessageEndingWith(end);
  }

  private static Throwable on(Executor executor, Callable<?> call) {
    var thrown = new CompletableFuture<Throwable>();
    executor.execute(() -> thrown.complete(catchThrowable(call::call)));
    return thrown.join();
  }
}
