package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Held;
import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What main, and the exits on its thread, are told as the process ends, and what they answer. */
@ExtendWith(LeakCheck.class)
class RunErrorsAtTheEndTest {

  /** Else the exits of later tests would be told of that end. */
  @AfterEach
  void goOn() {
    new Shutdown(Duration.ZERO).end();
  }

  /** The process may be gone before anybody else tells of it. */
  @Test
  void processEnds_mainFailsAsItIsTold_isReported() throws Exception {
    var failure = new IOException("no commit");

    assertThat(
            reportsOfMain(() -> {
              throw failure;
            }))
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.LATE_FAILURE);
          assertThat(report.context()).isEqualTo("main");
          assertThat(report.error()).isSameAs(failure);
        });
  }

  @Test
  void processEnds_anExitOfMainFails_isReported() throws Exception {
    var failure = new IOException("no flush");

    assertThat(
            reportsOfMain(() -> {
              var interrupted = new InterruptedException();
              interrupted.addSuppressed(failure);
              throw interrupted;
            }))
        .singleElement()
        .satisfies(report -> assertThat(report.error()).hasSuppressedException(failure));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void processEnds_mainEndsAsItIsTold_isNotReported(Exception answer) throws Exception {
    assertThat(
            reportsOfMain(() -> {
              throw answer;
            }))
        .isEmpty();
  }

  @Test
  void processEnds_mainWrapsItsInterruptionInWordsOfItsOwn_isReported() throws Exception {
    var failure = new IllegalStateException("half an order", new InterruptedException());

    assertThat(
            reportsOfMain(() -> {
              throw failure;
            }))
        .singleElement()
        .satisfies(report -> assertThat(report.error()).isSameAs(failure));
  }

  static Stream<Exception> answers() {
    return Stream.of(
        new InterruptedException(),
        new CancellationException("told"),
        new ClosedByInterruptException(),
        new InterruptedIOException(),
        new SocketException("Closed by interrupt"),
        new IllegalStateException(new InterruptedException("told")),
        new UncheckedIOException(new ClosedByInterruptException()));
  }

  /** {@return what is reported as a main ends so that is told to} */
  private static List<Report> reportsOfMain(Work.Action<Exception> answer) throws Exception {
    List<Report> reports = new CopyOnWriteArrayList<>();
    var ready = new CompletableFuture<Void>();
    var main =
        new Run<String>(
            new Shutdown(Duration.ofMinutes(1)),
            () -> {
              ready.complete(null);
              try {
                Async.sleep(Duration.ofDays(1));
              } catch (InterruptedException told) {
                answer.run();
              }
              return "not told";
            });
    ready.join();
    try (var _ = Report.listen(reports::add)) {
      main.shutDown();
    }
    return reports;
  }

  @Test
  void processEnds_aSynchronousExitBegins_isToldTheEndOfTheGracePeriod() throws Exception {
    new Shutdown(Duration.ZERO).tell(Instant.EPOCH);
    var told = new CopyOnWriteArrayList<ExitCase>();
    ContextManager<String> manager =
        ContextManager.of(
            () -> "it",
            (_, how) -> {
              told.add(how);
              return Verdict.PROPAGATE;
            });

    manager.run(_ -> {});
    manager.async().run(_ -> {});
    AsyncExitStack.manager()
        .run(stack -> {
          stack.enter(manager.async());
          stack.push(how -> {
            told.add(how);
            return Verdict.PROPAGATE;
          });
        });

    assertThat(told).hasSize(4).extracting(ExitCase::deadline).containsOnly(Instant.EPOCH);
  }

  @Test
  void processEnds_mainOfAnotherRunHoldsAContext_isLeftToItsHook() throws Exception {
    List<Report> reports = new CopyOnWriteArrayList<>();
    var other = new Shutdown(Duration.ofMinutes(1));
    var ready = new CompletableFuture<Void>();
    var release = new CompletableFuture<Void>();
    var ended = new CompletableFuture<String>();
    AsyncContextManager<String> held = AsyncContextManager.ofValue("held by the other");
    other.begin();
    Held.begin();
    try (var _ = Report.listen(reports::add)) {
      new Run<String>(
          other,
          () -> {
            ended.complete(
                held.use(value -> {
                  ready.complete(null);
                  release.join();
                  return value;
                }));
            return "done";
          });
      ready.join();

      new Run<String>(new Shutdown(Duration.ofMinutes(1)), () -> "done").shutDown();
    } finally {
      release.complete(null);
      ended.join();
      Held.end();
      other.end();
    }

    assertThat(reports).isEmpty();
  }
}
