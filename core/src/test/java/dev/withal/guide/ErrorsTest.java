package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Report;
import dev.withal.Verdict;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the guide says on errors. */
@ExtendWith(LeakCheck.class)
class ErrorsTest {
  private final Journal journal = new Journal();

  private final AsyncContextManager<String> file = AsyncContextManager.ofValue("data.txt");

  @Test
  void bodyAndExitFail_bodysErrorIsPrimary(VirtualTime time) {
    // @start region="both-fail"
    var noDisk = new IOException("no disk");
    var noFlush = new IOException("no flush");
    AsyncContextManager<String> log =
        AsyncContextManager.closing(() -> completedFuture("log"), _ -> failedFuture(noFlush));

    assertThatThrownBy(() ->
            log.use(_ -> {
              throw noDisk;
            }))
        .isSameAs(noDisk)
        .hasSuppressedException(noFlush);
    assertThatThrownBy(() -> log.use(_ -> "written")).isSameAs(noFlush);
    // @end
  }

  @Test
  void generator_throwsAfterAFailure_replacesIt(VirtualTime time) {
    var noDisk = new IOException("no disk");
    var noFlush = new IOException("no flush");

    // @start region="generator"
    AsyncContextManager<String> log =
        AsyncContextManager.generator(yield -> {
          try {
            yield.value("log");
          } finally {
            Async.await(failedFuture(noFlush));
          }
        });

    assertThatThrownBy(() ->
            log.use(_ -> {
              throw noDisk;
            }))
        .isSameAs(noFlush)
        .hasSuppressedException(noDisk);
    // @end
  }

  // @start region="verdicts"
  /** Takes a missing file for an empty one, and other I/O errors for unchecked ones. */
  static Verdict judge(ExitCase how) {
    return switch (how.error()) {
      case FileNotFoundException _ -> Verdict.SUPPRESS;
      case IOException e -> Verdict.replaceWith(new UncheckedIOException(e));
      case null, default -> Verdict.PROPAGATE;
    };
  }

  static final AsyncContextManager<String> JUDGING =
      AsyncContextManager.of(() -> completedFuture("data.txt"), (_, how) -> judge(how).now());

  // @end

  @Test
  void suppress_leavesNull(VirtualTime time) throws Exception {
    String result = time.await(JUDGING.useAsync(_ -> failed(new FileNotFoundException())));

    assertThat(result).isNull();
  }

  @Test
  void replace_keepsTheOldErrorReachable(VirtualTime time) {
    var error = new IOException("no disk");

    Throwable thrown = catchThrowable(() -> time.await(JUDGING.useAsync(_ -> failed(error))));

    assertThat(thrown).isExactlyInstanceOf(UncheckedIOException.class).hasCause(error);
  }

  @Test
  void propagate_ofASuccess_keepsTheValue() throws Exception {
    assertThat(JUDGING.<String, Exception>use(name -> name)).isEqualTo("data.txt");
  }

  @Test
  void suppressing_endsErrorsOfAType(VirtualTime time) throws Exception {
    // @start region="suppressing"
    String text =
        file.suppressing(FileNotFoundException.class)
            .use(_ -> {
              throw new FileNotFoundException("data.txt");
            });
    // @end

    assertThat(text).isNull();
  }

  @Test
  void await_seesTheErrorUnwrapped(VirtualTime time) {
    // @start region="unwrapped"
    CompletableFuture<String> use =
        file.useAsync(_ -> Async.sleepAsync(Duration.ofMillis(1)).thenCompose(_ -> fail()));

    assertThatThrownBy(() -> Async.await(use)).isExactlyInstanceOf(IOException.class);
    // @end
    assertThat(use.exceptionNow()).isExactlyInstanceOf(IOException.class);
  }

  private static CompletableFuture<String> fail() {
    return failedFuture(new IOException("no disk"));
  }

  private static <T> CompletableFuture<T> failed(Throwable error) {
    return failedFuture(error);
  }

  @Test
  void report_ofAnAbandonedExit_isHeard(VirtualTime time) {
    var closed = new CompletableFuture<Void>();
    AsyncContextManager<String> hanging =
        AsyncContextManager.<String>closing(() -> completedFuture("value"), _ -> closed)
            .named("session")
            .exitTimeout(Duration.ofSeconds(5));
    CompletableFuture<String> use;

    // @start region="report"
    try (var _ = Report.listen(report -> journal.add(report.kind() + ": " + report.context()))) {
      use = hanging.useAsync(value -> completedFuture(value));
      time.advance(Duration.ofSeconds(5));
    }
    // @end

    assertThat(journal.events()).containsExactly("ABANDONED_EXIT: session");
    assertThat(use.exceptionNow())
        .hasMessage("the exit of session did not end within PT5S and was abandoned");
    closed.complete(null);
  }
}
