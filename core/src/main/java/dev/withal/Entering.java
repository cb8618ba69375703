package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous enter on a stack, which keeps its place there until it is done.
 *
 * <p>Design: {@code arrival} completes with the context, or with null if the enter failed; the exit
 * waits for it, at most the grace period (L8). {@code value} is what the caller sees: the first of
 * the arrival and the exit completes it, so who enters on a stack that closes is told so.
 */
final class Entering<T extends @Nullable Object>
    implements AsyncContext<@Nullable T>, Stages.TellsCase {
  private final AsyncContextManager<T> manager;
  private final CompletableFuture<@Nullable AsyncContext<? extends T>> arrival =
      new CompletableFuture<>();
  private final CompletableFuture<T> value = new CompletableFuture<>();
  private final CompletableFuture<?> lost = new CompletableFuture<>();
  private final int since = SharedErrors.additions();
  private volatile @Nullable CompletionStage<?> stage;

  Entering(AsyncContextManager<T> manager) {
    this.manager = manager;
  }

  CompletableFuture<T> start() {
    try {
      CompletionStage<? extends AsyncContext<? extends T>> entering =
          Objects.requireNonNull(manager.enterAsync(), Stages.NO_ENTER_STAGE);
      stage = entering;
      entering.whenComplete((context, failure) -> arrived(Stages.context(context), failure));
    } catch (Throwable error) {
      arrived(null, error);
    }
    return value;
  }

  @Override
  public @Nullable T value() {
    return value.getNow(null);
  }

  @Override
  public CompletionStage<?> lost() {
    return lost;
  }

  private void arrived(@Nullable AsyncContext<? extends T> context, @Nullable Throwable failure) {
    arrival.complete(context);
    if (context == null) {
      Throwable error =
          failure == null ? new NullPointerException(Stages.NO_CONTEXT) : Failures.unwrap(failure);
      if (!value.completeExceptionally(error) && !Unwinding.isEcho(error)) {
        Stages.reportLate(manager, "enter", error);
      }
      return;
    }
    try {
      Stages.onLoss(context, lost::completeExceptionally);
      value.complete(context.value());
    } catch (Throwable error) {
      value.completeExceptionally(error);
    }
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return Stages.verdict(this, how);
  }

  @Override
  public CompletionStage<ExitCase> exitCase(ExitCase how) {
    var late = new IllegalStateException("the exit stack was closed before this enter was done");
    // Guard against race with the arrival: who loses finds the value complete.
    value.completeExceptionally(late);
    if (!arrival.isDone() && stage instanceof RequestFuture<?> ours) {
      ours.ask(RequestFuture.Request.failure(late));
    }
    if (arrival.isDone()) {
      return exitArrived(arrival.join(), how);
    }
    var left = new CompletableFuture<ExitCase>();
    Duration grace = Configured.settings(manager).grace();
    Time.Timer timer =
        Settings.isBounded(grace) ? Time.current().schedule(grace, () -> left.complete(how)) : null;
    arrival
        .thenCompose(context -> exitArrived(context, how))
        .whenComplete((after, error) -> {
          GracedFuture.stop(timer);
          if (error == null) {
            left.complete(after);
          } else if (!left.completeExceptionally(error)) {
            Stages.reportLate(manager, "exit", error);
          }
        });
    return left;
  }

  private CompletionStage<ExitCase> exitArrived(@Nullable AsyncContext<?> context, ExitCase how) {
    return context == null
        ? new Completed<>(how)
        : Stages.exit(context, how).thenApply(answer -> Unwinding.after(how, answer, since));
  }
}
