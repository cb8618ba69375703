package dev.withal;

import dev.withal.internal.Span;
import dev.withal.internal.Time;
import dev.withal.internal.Tracer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Direct style: enter, body and exit on the calling thread, which waits for what is not complete
 * yet.
 *
 * <p>Design. An interruption is how the calling thread is asked to end. While it waits for an
 * enter, the wait goes on for the grace period at most, and what arrives after that is exited by
 * whoever completes it (L8). The body sees it as any code does. It doesn't reach an exit: the flag
 * is cleared before, the wait ignores it, and it is set again afterwards (L9).
 */
final class Direct {

  /** A manager that has a way of its own to be used on the calling thread, where it may block. */
  interface UsesHere<T extends @Nullable Object> {
    <R extends @Nullable Object, X extends Exception> R useHere(
        Body<? super T, ? extends R, X> body, Settings settings) throws X, InterruptedException;
  }

  private Direct() {}

  @SuppressWarnings("unchecked") // a manager's way to be used has its own value's type
  static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> R use(
      AsyncContextManager<T> manager, Body<? super T, ? extends R, X> body, Settings settings)
      throws X, InterruptedException {
    EventLoops.refuse("use", "useAsync");
    // Code that enters on this thread can't be left behind there, so with a timeout it gets its
    // own.
    return manager instanceof UsesHere<?> here && settings.enterTimeout() == null
        ? ((UsesHere<T>) here).useHere(body, settings)
        : run(SharedErrors.additions(), manager, settings, body);
  }

  @SuppressWarnings("NullAway") // null only where the contract says so: the error was suppressed
  private static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      R run(
          int since,
          AsyncContextManager<T> manager,
          Settings settings,
          Body<? super T, ? extends R, X> body)
          throws X, InterruptedException {
    AfterYield before = AfterYield.ofThread();
    AsyncContext<? extends T> context = enter(manager, settings, body);
    Object own = null;
    R result = null;
    ExitCase how = ExitCase.success();
    LossWatch watch = null;
    try {
      T value = context.value();
      own = value;
      watch = LossWatch.begin(context, context.lost());
      result =
          context instanceof HeldContext<?> held ? held.<T, R>run(body, value) : body.apply(value);
      if (watch != null) {
        awaitRest(context);
      }
    } catch (Throwable error) {
      Suppressing.entered(body);
      SharedErrors.thrown(error, since, context);
      how = ExitCase.of(Failures.unwrap(error, context));
    }
    Throwable lost = watch == null ? null : watch.end();
    if (lost != null) {
      SharedErrors.thrown(lost, since, context);
      how = Unwinding.asked(lost, how.error(), context);
      how = Dropped.exitHere(result, own, manager, settings, how, context);
    }
    how = AfterYield.told(before, how);
    // The end of the exit takes it out of the record.
    AsyncContext<?> exits = HeldContext.plain(context);
    ExitCase after = exit(context, settings.named(manager), how, context, null);
    if (lost == null && (after.error() != null || BodyNews.hasSuppressed(exits))) {
      after = Dropped.exitHere(result, own, manager, settings, after, context);
      result = null;
    }
    if (after.error() != null) {
      Throwable error = Objects.requireNonNull(after.error());
      SharedErrors.leaves(error, context, since);
      throw Failures.<X>sneaky(error);
    }
    return lost == null ? result : null;
  }

  /** Waits for what belongs to the body of a group of tasks beyond its code. */
  private static void awaitRest(AsyncContext<?> context) throws InterruptedException {
    CompletionStage<?> rest = BodyNews.returned(context);
    if (rest != null) {
      Await.end(Stages.future(rest));
    }
  }

  /**
   * Enters, on the calling thread.
   *
   * @param body what is run then; null if the context isn't for a body of this call
   */
  static <T extends @Nullable Object> AsyncContext<? extends T> enter(
      AsyncContextManager<T> manager, Settings settings, @Nullable Object body)
      throws InterruptedException {
    int since = SharedErrors.additions();
    Span span = Tracer.isOn() ? Inside.begin(body, settings.named(manager)) : null;
    try {
      return span == null ? enter(manager, settings) : enter(manager, settings, span);
    } catch (Throwable failure) {
      Throwable error = Failures.unwrap(failure, Thread.currentThread());
      SharedErrors.leaves(error, manager, since);
      throw Failures.<RuntimeException>sneaky(error);
    }
  }

  private static <T extends @Nullable Object> AsyncContext<? extends T> enter(
      AsyncContextManager<T> manager, Settings settings, Span span) throws InterruptedException {
    HeldHere waiting = null;
    Throwable failure = null;
    AsyncContext<? extends T> context = null;
    try {
      Here.Enters<T> here = Here.of(manager, settings);
      CompletionStage<?> stage = here == null ? Inside.enter(span, manager) : null;
      if (stage != null && Stages.hasValue(stage)) {
        context = entered(manager, Stages.value(stage));
      } else {
        waiting = HeldHere.begin(settings.named(manager), span);
        context =
            stage == null
                ? Here.enter(Objects.requireNonNull(here), manager, settings)
                : entered(manager, awaitEnter(manager, settings, Stages.future(stage)));
      }
    } catch (Throwable error) {
      failure = error;
      throw error;
    } finally {
      if (waiting != null) {
        waiting.leaveToContext();
      }
      if (failure != null) {
        span.ended(settings.named(manager), failure);
      }
    }
    Recorded.named(context, settings, span);
    return context;
  }

  /** The same as a part of another enter. */
  static <T extends @Nullable Object> AsyncContext<? extends T> enter(
      AsyncContextManager<T> manager, Settings settings) throws InterruptedException {
    Here.Enters<T> here = Here.of(manager, settings);
    if (here != null) {
      return Here.enter(here, manager, settings);
    }
    CompletionStage<?> stage = Stages.enter(manager);
    AsyncContext<? extends T> context =
        Stages.hasValue(stage)
            ? entered(manager, Stages.value(stage))
            : entered(manager, awaitEnter(manager, settings, Stages.future(stage)));
    Recorded.named(context, settings);
    return context;
  }

  private static <T extends @Nullable Object> AsyncContext<? extends T> entered(
      AsyncContextManager<T> manager, @Nullable Object entered) {
    AsyncContext<? extends T> context = Stages.context(manager, entered);
    return Objects.requireNonNull(context, Stages.NO_CONTEXT);
  }

  private static @Nullable Object awaitEnter(
      AsyncContextManager<?> manager, Settings settings, CompletableFuture<?> entering)
      throws InterruptedException {
    Duration limit = settings.enterTimeout();
    boolean atTheBound = settings.answersAtTheBound();
    Instant bound = atTheBound ? Time.current().in(Objects.requireNonNull(limit)) : Time.NEVER;
    Duration left = Time.LONGEST;
    Throwable givenUp = null;
    ThreadWork.Wait wait = null;
    try {
      wait = ThreadWork.beginToWait(entering);
      if (!Await.end(entering, limit)) {
        givenUp = Stages.enterTimedOut(settings.nameOf(manager), Objects.requireNonNull(limit));
        left = atTheBound ? Duration.ZERO : left;
      }
    } catch (InterruptedException interruption) {
      givenUp = interruption;
      left = atTheBound ? Duration.between(Time.current().now(), bound) : left;
    } catch (Throwable refused) {
      // A wait without an end, or a clock that fails: what arrives is exited all the same (L15).
      givenUp = refused;
    } finally {
      ThreadWork.end(wait);
    }
    if (givenUp != null) {
      throw Failures.<RuntimeException>sneaky(giveBack(manager, settings, entering, givenUp, left));
    }
    Throwable error = Stages.failure(entering, Thread.currentThread());
    if (error != null) {
      throw Failures.<RuntimeException>sneaky(error);
    }
    return entering.resultNow();
  }

  /** Exits what arrives for a caller who has given up, now or later. {@return what to throw} */
  private static Throwable giveBack(
      AsyncContextManager<?> manager,
      Settings settings,
      CompletableFuture<?> entering,
      Throwable reason,
      Duration atMost) {
    Duration grace = settings.grace();
    if (entering instanceof RequestFuture<?> ours) {
      ours.ask(RequestFuture.Request.failure(reason));
      grace = ours.keepsGraceOfEnter() ? Time.LONGEST : grace;
    }
    grace = atMost.compareTo(grace) < 0 ? atMost : grace;
    boolean interrupted = Await.shielded(entering, grace);
    try {
      if (!entering.isDone()) {
        entering.whenComplete((late, error) ->
            Late.exit(
                settings.named(manager),
                error == null ? Stages.context(manager, late) : null,
                error,
                ExitCase.cancelled(reason)));
        return reason;
      }
      AsyncContext<?> arrived =
          Stages.hasValue(entering) ? Stages.context(manager, entering.resultNow()) : null;
      ExitCase after =
          arrived == null
              ? Unwinding.asked(reason, Stages.failure(entering, entering), entering)
              : exit(arrived, settings.named(manager), ExitCase.cancelled(reason), entering, null);
      Throwable error = after.error();
      SharedErrors.pass(error, entering, Thread.currentThread());
      return error == null ? reason : error;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * {@return the case as the context's exit leaves it} Runs on the calling thread, shielded.
   *
   * @param named what reports call the context, by what it prints
   * @param by on whose behalf errors are added to
   * @param stack the stack that waits for this exit; null if none does
   */
  static ExitCase exit(
      AsyncContext<?> context, Object named, ExitCase how, Object by, @Nullable StackEnd stack) {
    boolean interrupted = Thread.interrupted();
    AsyncContext<?> pending = context;
    ExitCase after = how;
    try {
      AsyncContext<?> plain = HeldContext.plain(context);
      if (plain instanceof AsyncExitStack || plain instanceof Here.Exits) {
        if (HeldContext.beginsExit(context, how)) {
          after = Here.exit(context, plain, named, how, by);
        }
      } else {
        CompletionStage<?> stage = Stages.exitUnread(context, Shutdown.bounded(how), by);
        Throwable error = null;
        if (!Stages.hasValue(stage)) {
          pending = Recorded.exitPending(context, named);
          CompletableFuture<?> exiting = Stages.future(stage);
          error = stack == null ? null : stack.awaitingHere(exiting);
          interrupted |= error == null && Await.shielded(exiting);
          error = error == null ? Stages.failure(exiting, by) : error;
          stage = exiting;
        }
        after =
            error == null
                ? Unwinding.after(how, Stages.answer(context, stage), by)
                : Unwinding.afterFailure(how, error, by);
      }
    } catch (Throwable error) {
      after = Unwinding.afterFailure(how, error, by);
    } finally {
      HeldContext.ended(pending, after.error());
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return after;
  }
}
