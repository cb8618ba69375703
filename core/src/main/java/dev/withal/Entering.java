package dev.withal;

import dev.withal.internal.HearsOfBody;
import dev.withal.internal.Held;
import dev.withal.internal.Span;
import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous enter on a stack, which keeps its place there until it is done.
 *
 * <p>Design: {@code arrival} completes with the context, or with null if the enter failed; the exit
 * waits for it, at most the grace period where the enter keeps none itself (L8). That period begins
 * as the enter is asked to end, which may be long before its turn comes. {@code value} is what the
 * caller sees: the first of the arrival and the exit completes it, so who enters on a stack that
 * closes is told so.
 */
final class Entering<T extends @Nullable Object>
    implements AsyncContext<@Nullable T>, Stages.TellsCase, HearsOfBody {
  private final AsyncContextManager<T> manager;
  private final CompletableFuture<@Nullable AsyncContext<? extends T>> arrival =
      new CompletableFuture<>();
  private final CompletableFuture<T> value = new Following<>(null);
  private final CompletableFuture<?> lost = new CompletableFuture<>();
  private volatile @Nullable CompletionStage<?> stage;

  /** Where the context belongs that arrives; null once the exit has begun. */
  private volatile @Nullable Place place;

  /** Why the enter is asked to end: its body is, or the stack was closed; null if neither. */
  private volatile @Nullable Throwable reason;

  /** When it was asked, which begins its grace period; written before the reason. */
  private long askedAt;

  Entering(AsyncContextManager<T> manager, Place place) {
    this.manager = manager;
    this.place = place;
  }

  /** Waits for what the enter began. {@return a future of the value} */
  CompletableFuture<T> await(CompletionStage<?> entering, @Nullable Span span) {
    stage = entering;
    String site = Held.site();
    AsyncContext<?> waiting = Recorded.entering(manager, span);
    // Guard against race with a request or the exit, which did not find the enter to ask.
    passOn();
    StageEnd.<@Nullable Object>hear(
        entering,
        (result, failure) -> {
          AsyncContext<? extends T> context =
              failure == null ? Stages.context(manager, result) : null;
          Recorded.enteredAt(site, context);
          Recorded.replaced(waiting, context, failure);
          arrived(context, failure);
          return null;
        });
    return value;
  }

  /** The enter is done, but the exit was first to come. {@return a future of the value} */
  CompletableFuture<T> arrive(
      @Nullable AsyncContext<? extends T> context, @Nullable Throwable failure) {
    arrived(context, failure);
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
    Place at = place;
    if (at != null) {
      Recorded.onStack(at, context);
    }
    arrival.complete(context);
    if (context == null) {
      Throwable error =
          failure == null
              ? new NullPointerException(Stages.NO_CONTEXT)
              : Failures.unwrap(failure, this);
      if (!value.completeExceptionally(error) && !Unwinding.isAnswer(error, reason)) {
        Late.report(manager, "enter", error);
      }
      return;
    }
    if (reason != null) {
      return; // the caller is told why, and the exit exits what arrived
    }
    try {
      Stages.onLoss(context, lost, lost::completeExceptionally);
      value.complete(context.value());
    } catch (Throwable error) {
      if (!value.completeExceptionally(error)) {
        Late.report(manager, "enter", error);
      }
    }
  }

  private void passOn() {
    Throwable why = reason;
    if (why != null && stage instanceof RequestFuture<?> ours) {
      ours.ask(RequestFuture.Request.failure(why));
    }
  }

  /**
   * Whether the enter is a use of ours, which bounds by itself how long it takes to end, unless it
   * waits for the exit that waits for it.
   */
  private boolean keepsGrace(Exit exit) {
    return stage instanceof RequestFuture<?> ours
        && ours.keepsGraceOfEnter()
        && !Ring.closes(exit.by, ours);
  }

  /** The body that waits for the value can end now, and what enters for it is asked to. */
  @Override
  public void asked(Throwable why) {
    if (!arrival.isDone()) {
      isAsked(why);
      passOn();
      // An enter that doesn't end at once is awaited by the exit; the body need not wait.
      value.completeExceptionally(why);
    } else {
      BodyNews.asked(arrival.join(), why);
    }
  }

  /** Whether the enter is neither done nor asked to end. */
  boolean isWanted() {
    return reason == null && !arrival.isDone();
  }

  /** The stack closes, and has come to an enter that is not done. */
  void stackCloses() {
    if (isWanted()) {
      try {
        close();
      } catch (Throwable broken) {
        // A clock that fails must not keep the stack from its exits (L15).
        Report.send(
            Report.Kind.FAILED_CALLBACK, manager, "the enter could not be asked to end", broken);
      }
    }
  }

  private void close() {
    IllegalStateException late =
        new IllegalStateException("the exit stack was closed before this enter was done");
    isAsked(late);
    // Guard against race with the arrival: who loses finds the value complete.
    value.completeExceptionally(late);
    passOn();
  }

  private void isAsked(Throwable why) {
    if (reason == null) {
      askedAt = Time.current().nanos();
      reason = why;
    }
  }

  /** {@return what is left of the grace period} */
  private Duration graceLeft() {
    Duration grace = Configured.settings(manager).grace();
    return grace.isNegative()
        ? Duration.ZERO
        : grace.minusNanos(Math.max(0, Time.current().nanos() - askedAt));
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return Stages.verdict(this, how);
  }

  @Override
  public CompletionStage<ExitCase> exitCase(ExitCase how, Object by) {
    close();
    place = null;
    lost.complete(null);
    if (arrival.isDone()) {
      return exitArrived(arrival.join(), how, by);
    }
    var left = new CompletableFuture<ExitCase>();
    // The arrival may never come, so whoever gives up waiting for it clears what it would need.
    var exit = new Exit(how, by, left);
    var pending = new AtomicReference<@Nullable Exit>(exit);
    exit.timer.set(Grace.begin(graceLeft(), manager, InExit.continuing(() -> graceOver(pending))));
    arrival.thenAccept(context -> {
      // Guard against race with the timer: the first of the two decides who waits for the exit.
      Exit awaited = pending.getAndSet(null);
      if (awaited == null) {
        Throwable why = Objects.requireNonNull(reason);
        Late.exit(manager, context, null, ExitCase.cancelled(why));
      } else {
        Grace.stop(awaited.timer.get());
        exit(awaited, context);
      }
    });
    return left;
  }

  /**
   * An exit that waits for what it is to exit.
   *
   * @param timer of the grace period; it knows the stacks whose exits this is part of
   */
  private record Exit(
      ExitCase how,
      Object by,
      CompletableFuture<ExitCase> left,
      AtomicReference<Time.@Nullable Timer> timer) {
    Exit(ExitCase how, Object by, CompletableFuture<ExitCase> left) {
      this(how, by, left, new AtomicReference<>());
    }
  }

  private void graceOver(AtomicReference<@Nullable Exit> pending) {
    Exit exit = pending.get();
    if (exit == null || keepsGrace(exit)) {
      return;
    }
    if (exit.how instanceof ExitCase.Cancelled) {
      // The body may have ended, and closed the stack, before this enter heard of the request.
      reason = exit.how.error();
    }
    if (pending.compareAndSet(exit, null)) {
      exit.left.complete(exit.how);
    }
  }

  private void exit(Exit awaited, @Nullable AsyncContext<?> context) {
    try {
      StageEnd.<ExitCase>hear(
          exitArrived(context, awaited.how, awaited.by),
          (after, error) -> StageEnd.end(awaited.left, after, error));
    } catch (Throwable error) {
      awaited.left.completeExceptionally(error);
    }
  }

  private CompletionStage<ExitCase> exitArrived(
      @Nullable AsyncContext<?> context, ExitCase how, Object by) {
    return context == null
        ? new Completed<>(how)
        : Stages.future(Stages.exit(context, manager, how, by))
            .thenApply(answer -> Unwinding.after(how, answer, by));
  }
}
