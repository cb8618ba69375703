package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Held;
import dev.withal.testkit.VirtualTime;
import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A step that holds an event-loop thread is named, and then shown where it hangs. */
class WatchdogTest {
  private final DefaultEventLoop eventLoop = new DefaultEventLoop();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final List<Report> reports = new CopyOnWriteArrayList<>();
  private VirtualTime time;
  private Report.Registration registration;

  @BeforeEach
  void listen() {
    time = VirtualTime.install();
    Held.entries().forEach(Held::remove);
    registration = Report.listen(reports::add);
  }

  @AfterEach
  void close() throws Exception {
    released.countDown();
    registration.close();
    time.close();
    eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  @Test
  void body_holdsAnEventLoop_isReportedAndThenShown() throws Exception {
    CompletableFuture<String> result =
        onEventLoop(
            AsyncContextManager.ofValue("value").named("db"),
            value -> {
              hold();
              return CompletableFuture.completedFuture(value);
            });

    time.advance(Duration.ofMillis(124));
    assertThat(reports).isEmpty();
    time.advance(Duration.ofMillis(1));
    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.BLOCKED_EVENT_LOOP);
          assertThat(report.context()).isEqualTo("db");
          assertThat(report.message())
              .matches("the body has held the event-loop thread .+ for 100 ms: it must not block");
          assertThat(report.error()).isNull();
        });
    time.advance(Duration.ofMillis(99));
    assertThat(reports).hasSize(1);
    time.advance(Duration.ofMillis(1));
    assertThat(reports).hasSize(2);
    assertThat(reports.get(1).error().getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("hold"));
    time.advance(Duration.ofSeconds(5));
    assertThat(reports).hasSize(2);
    released.countDown();

    assertThat(result.join()).isEqualTo("value");
    time.advance(Duration.ofSeconds(1));
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void enter_holdsAnEventLoop_isNamed() throws Exception {
    AsyncContextManager<String> manager =
        () -> {
          hold();
          return CompletableFuture.failedFuture(new IllegalStateException("enter"));
        };
    CompletableFuture<String> result = onEventLoop(manager, CompletableFuture::completedFuture);

    time.advance(Duration.ofMillis(125));
    released.countDown();

    assertThat(result.handle((_, error) -> error.getMessage()).join()).isEqualTo("enter");
    assertThat(reports)
        .singleElement()
        .satisfies(report -> assertThat(report.message()).startsWith("the enter has held "));
  }

  @Test
  void exit_holdsAnEventLoop_isNamed() throws Exception {
    AsyncContextManager<String> manager =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("value"),
            (_, _) -> {
              hold();
              return Verdict.PROPAGATE.now();
            });
    CompletableFuture<String> result = onEventLoop(manager, CompletableFuture::completedFuture);

    time.advance(Duration.ofMillis(125));
    released.countDown();

    assertThat(result.join()).isEqualTo("value");
    assertThat(reports)
        .singleElement()
        .satisfies(report -> assertThat(report.message()).startsWith("the exit has held "));
  }

  @Test
  void body_holdsAnEventLoopWhileAnotherRuns_isReported() throws Exception {
    AsyncContextManager<String> db = AsyncContextManager.ofValue("value").named("db");
    CompletableFuture<String> result =
        onEventLoop(
            db,
            value -> {
              hold();
              return CompletableFuture.completedFuture(value);
            });
    var other = new DefaultEventLoop();
    other.submit(() -> db.useAsync(CompletableFuture::completedFuture)).sync();

    time.advance(Duration.ofMillis(125));
    released.countDown();

    assertThat(result.join()).isEqualTo("value");
    assertThat(reports).extracting(Report::context).containsExactly("db");
    other.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  @Test
  void body_ofAnotherThread_isNotWatched() {
    CompletableFuture<String> result =
        AsyncContextManager.ofValue("value")
            .useAsync(value -> {
              time.advance(Duration.ofSeconds(1));
              return CompletableFuture.completedFuture(value);
            });

    assertThat(result).isCompletedWithValue("value");
    assertThat(reports).isEmpty();
  }

  private CompletableFuture<String> onEventLoop(
      AsyncContextManager<String> manager, AsyncBody<String, String> body)
      throws InterruptedException {
    var result = new CompletableFuture<String>();
    eventLoop.execute(() ->
        manager
            .useAsync(body)
            .whenComplete((value, error) -> {
              if (error == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(Failures.inner(error));
              }
            }));
    begun.await();
    return result;
  }

  private void hold() {
    begun.countDown();
    boolean interrupted = false;
    while (true) {
      try {
        released.await();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
