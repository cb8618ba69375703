package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L5: what a body that was asked to end answers is told, beyond that it heard of the request. */
@ExtendWith(LeakCheck.class)
class L5EchoesTest {
  private static final Duration LIMIT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofSeconds(10);

  private final IOException undo = new IOException("undo failed");
  private final IOException other = new IOException("other");
  private final List<Report> reports = new ArrayList<>();

  @Test
  void cancelled_bodyAnswersWithNothingElse_addsNothing() {
    CompletableFuture<String> use = answering(new CancellationException("stopped"));

    use.cancel(true);

    assertThat(reason(use)).hasNoSuppressedExceptions();
  }

  @Test
  void cancelled_answerHasACause_carriesIt() {
    CompletableFuture<String> use = answering(cancellation(undo));

    use.cancel(true);

    assertThat(use).isCancelled();
    assertThat(reason(use).getSuppressed()).containsExactly(undo);
  }

  @Test
  void cancelled_answerHasACauseAndCarriesMore_carriesBoth() {
    Throwable answer = cancellation(undo);
    answer.addSuppressed(other);
    CompletableFuture<String> use = answering(answer);

    use.cancel(true);

    assertThat(reason(use).getSuppressed()).containsExactly(other, undo);
  }

  @Test
  void cancelled_answerIsCausedByAnAnswer_carriesWhatThatSays() {
    Throwable interruption = new InterruptedException("stopped").initCause(undo);
    interruption.addSuppressed(other);
    CompletableFuture<String> use = answering(cancellation(interruption));

    use.cancel(true);

    assertThat(reason(use).getSuppressed()).containsExactly(other, undo);
  }

  @Test
  void cancelled_answersCauseEachOther_areOnlyAnAnswer() {
    var one = new CancellationException("one");
    var two = new CancellationException("two");
    one.initCause(two);
    two.initCause(one);
    CompletableFuture<String> use = answering(one);

    use.cancel(true);

    assertThat(reason(use)).hasNoSuppressedExceptions();
  }

  @Test
  void completedWithAValue_answerHasACause_isReported() {
    Throwable answer = cancellation(undo);
    CompletableFuture<String> use = answering(answer);

    try (var _ = Report.listen(reports::add)) {
      use.complete("value");
    }

    assertThat(use).isCompletedWithValue("value");
    assertThat(reports).extracting(Report::error).containsExactly(answer);
  }

  @Test
  void cancelled_answerAfterTheGracePeriodHasACause_isReported(VirtualTime time) {
    Throwable answer = cancellation(undo);
    var body = new CompletableFuture<String>();
    CompletableFuture<String> use = AsyncContextManager.ofValue("x").useAsync(_ -> body);
    use.cancel(true);
    time.advance(Duration.ofSeconds(1));

    try (var _ = Report.listen(reports::add)) {
      body.completeExceptionally(answer);
    }

    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.LATE_FAILURE,
                reports.getFirst().context(),
                "the body failed after its caller had stopped waiting",
                answer));
  }

  @Test
  void timeout_inDirectStyle_interruptionHasACause_carriesIt(VirtualTime time) {
    var thrown = new CompletableFuture<Throwable>();
    time.start(() ->
        thrown.complete(
            catchThrowable(() ->
                Async.timeout(LIMIT)
                    .use(_ -> {
                      try {
                        Async.sleep(LONG);
                      } catch (InterruptedException _) {
                        throw Failures.<InterruptedException>sneaky(
                            new InterruptedException("stopped").initCause(undo));
                      }
                      return null;
                    }))));
    time.advance(LIMIT);

    assertThat(thrown.join()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(thrown.join().getSuppressed()).containsExactly(undo);
  }

  private static Throwable cancellation(Throwable cause) {
    return new CancellationException("stopped").initCause(cause);
  }

  /** A use whose body ends with the given error as it is asked to. */
  private static CompletableFuture<String> answering(Throwable answer) {
    return AsyncContextManager.ofValue("x")
        .useAsync((_, cancellation) -> {
          var work = new CompletableFuture<String>();
          cancellation.onRequest(_ -> work.completeExceptionally(answer));
          return work;
        });
  }

  private static Throwable reason(CompletableFuture<String> use) {
    return use.handle((_, error) -> error).join();
  }
}
