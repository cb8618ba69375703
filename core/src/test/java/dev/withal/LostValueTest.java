package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.internal.Time;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A value that is no longer good asks the body to end. */
@ExtendWith(LeakCheck.class)
class LostValueTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  private final Journal journal = new Journal();
  private final IOException reason = new IOException("lease ran out");
  private final Lease lease = new Lease();
  private final CompletableFuture<String> body = new CompletableFuture<>();

  // ---- stage style -----------------------------------------------------------------------------

  @Test
  void lost_bodyRuns_asksItToEnd() {
    CompletableFuture<String> result = lease.useAsync(this::heeding);

    lease.lost.completeExceptionally(reason);

    assertThat(body).isCancelled();
    assertThat(result.exceptionNow()).isSameAs(reason);
    assertThat(reason).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("asked lease ran out", "exit cancelled IOException");
  }

  @Test
  void lost_bodyTakesTimeToEnd_isAwaited() {
    CompletableFuture<String> result = lease.useAsync(_ -> body);

    lease.lost.completeExceptionally(reason);

    assertThat(journal.events()).isEmpty();
    assertThat(result).isNotDone();
    body.complete("ignored");
    assertThat(result.exceptionNow()).isSameAs(reason);
    assertThat(journal.events()).containsExactly("exit cancelled IOException");
  }

  @Test
  void lost_beforeTheBodyBegins_asksItAtItsBegin() {
    lease.lost.completeExceptionally(reason);

    CompletableFuture<String> result = lease.useAsync(this::heeding);

    assertThat(result.exceptionNow()).isSameAs(reason);
    assertThat(journal.events())
        .containsExactly("asked lease ran out", "exit cancelled IOException");
  }

  @Test
  void lost_afterTheBodyEnded_changesNothing() {
    CompletableFuture<String> result = lease.useAsync(this::heeding);
    lease.exit = new CompletableFuture<>();
    body.complete("result");

    lease.lost.completeExceptionally(reason);
    lease.exit.complete(Verdict.PROPAGATE);

    assertThat(result).isCompletedWithValue("result");
    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @Test
  void lost_afterTheCallerCancelled_changesNothing() {
    CompletableFuture<String> result = lease.useAsync(_ -> body);
    result.cancel(true);

    lease.lost.completeExceptionally(reason);
    body.complete("ignored");

    assertThat(result).isCancelled();
    assertThat(journal.events()).containsExactly("exit cancelled CancellationException");
  }

  @Test
  void lost_bodyFailsWhenAsked_carriesThatFailure() {
    var error = new IOException("cleanup");
    CompletableFuture<String> result = lease.useAsync(_ -> body);
    lease.lost.completeExceptionally(reason);

    body.completeExceptionally(error);

    assertThat(result.exceptionNow()).isSameAs(reason);
    assertThat(reason.getSuppressed()).containsExactly(error);
  }

  @Test
  void lost_exitFails_carriesThatFailure() {
    var error = new IOException("exit");
    lease.exit = CompletableFuture.failedFuture(error);
    CompletableFuture<String> result = lease.useAsync(this::heeding);

    lease.lost.completeExceptionally(reason);

    assertThat(result.exceptionNow()).isSameAs(reason);
    assertThat(reason.getSuppressed()).containsExactly(error);
  }

  // ---- direct style ----------------------------------------------------------------------------

  @Test
  void lost_bodyRunsInDirectStyle_interruptsIt(VirtualTime time) {
    Async.sleepAsync(Carrier.STEP).whenComplete((_, _) -> lease.lost.completeExceptionally(reason));

    Throwable thrown = catchThrowable(() -> lease.<String, Exception>use(this::sleeping));

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("interrupted at PT0.01S", "exit cancelled IOException");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void lost_beforeTheBodyBeginsInDirectStyle_interruptsItsFirstWait(VirtualTime time) {
    lease.lost.completeExceptionally(reason);

    Throwable thrown = catchThrowable(() -> lease.<String, Exception>use(this::sleeping));

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("interrupted at PT0S", "exit cancelled IOException");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void lost_bodyNeverWaitsInDirectStyle_leavesNoInterruptionBehind() {
    Throwable thrown =
        catchThrowable(() ->
            lease.<String, Exception>use(_ -> {
              lease.lost.completeExceptionally(reason);
              journal.add("interrupted " + Thread.currentThread().isInterrupted());
              return "ignored";
            }));

    assertThat(thrown).isSameAs(reason);
    assertThat(journal.events()).containsExactly("interrupted true", "exit cancelled IOException");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void lost_inTheExitInDirectStyle_changesNothing() throws Exception {
    lease.onExit = () -> lease.lost.completeExceptionally(reason);

    String result = lease.<String, Exception>use(_ -> "result");

    assertThat(result).isEqualTo("result");
    assertThat(journal.events()).containsExactly("exit succeeded");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void lost_afterTheUseInDirectStyle_interruptsNobody() throws Exception {
    String result = lease.<String, Exception>use(_ -> "result");

    Thread.ofVirtual().start(() -> lease.lost.completeExceptionally(reason)).join();

    assertThat(result).isEqualTo("result");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void lost_bodyFailsWhenInterruptedInDirectStyle_carriesThatFailure(VirtualTime time) {
    var error = new IOException("cleanup");
    Async.sleepAsync(Carrier.STEP).whenComplete((_, _) -> lease.lost.completeExceptionally(reason));

    Throwable thrown =
        catchThrowable(() ->
            lease.<String, Exception>use(_ -> {
              try {
                Async.sleep(LONG);
                return "ignored";
              } catch (InterruptedException _) {
                throw error;
              }
            }));

    assertThat(thrown).isSameAs(reason);
    assertThat(reason.getSuppressed()).containsExactly(error);
  }

  // ---- both styles -----------------------------------------------------------------------------

  @OnEveryCarrier
  void lost_wrappedByAFuture_isSeenUnwrapped(Carrier carrier, VirtualTime time) {
    lease.lost.completeExceptionally(new CompletionException(reason));

    Throwable thrown = catchThrowable(() -> carrier.use(time, lease, value -> value));

    assertThat(thrown).isSameAs(reason);
  }

  @OnEveryCarrier
  void lost_completesWithAValue_changesNothing(Carrier carrier, VirtualTime time) throws Exception {
    String result =
        carrier.use(
            time,
            lease,
            value -> {
              lease.lost.complete(null);
              return value;
            });

    assertThat(result).isEqualTo("lease");
    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @OnEveryCarrier
  void lost_exitSuppresses_leavesNoValue(Carrier carrier, VirtualTime time) throws Exception {
    lease.lost.completeExceptionally(reason);
    lease.exit = CompletableFuture.completedFuture(Verdict.SUPPRESS);

    String result = carrier.use(time, lease, value -> value);

    assertThat(result).isNull();
    assertThat(journal.events()).containsExactly("exit cancelled IOException");
  }

  @OnEveryCarrier
  void lost_throws_isAFailureOfTheBody(Carrier carrier, VirtualTime time) {
    var error = new IllegalStateException("no lost");
    AsyncContextManager<String> manager =
        () ->
            carrier.step(() ->
                new AsyncContext<>() {
                  @Override
                  public String value() {
                    return "value";
                  }

                  @Override
                  public CompletionStage<?> lost() {
                    throw error;
                  }

                  @Override
                  public CompletionStage<Verdict> exitAsync(ExitCase how) {
                    journal.add("exit " + Probe.describe(how));
                    return Verdict.PROPAGATE.now();
                  }
                });

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("exit failed no lost");
  }

  private CompletionStage<String> heeding(String value, Cancellation cancellation) {
    cancellation.onRequest(asked -> journal.add("asked " + asked.getMessage()));
    return cancellation.cancelling(body);
  }

  private String sleeping(String value) throws InterruptedException {
    try {
      Async.sleep(LONG);
      return "ignored";
    } catch (InterruptedException e) {
      Duration elapsed = Duration.between(Instant.EPOCH, Time.current().now());
      journal.add("interrupted at " + elapsed);
      throw e;
    }
  }

  /** A manager of one context, which is lost and exits as the test says. */
  private final class Lease implements AsyncContextManager<String>, AsyncContext<String> {
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private CompletableFuture<Verdict> exit = CompletableFuture.completedFuture(Verdict.PROPAGATE);
    private Runnable onExit = () -> {};

    @Override
    public CompletionStage<AsyncContext<String>> enterAsync() {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public String value() {
      return "lease";
    }

    @Override
    public @Nullable CompletionStage<?> lost() {
      return lost;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      journal.add("exit " + Probe.describe(how));
      onExit.run();
      return exit;
    }
  }
}
