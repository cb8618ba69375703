package dev.withal.adapters;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.Cancellation;
import dev.withal.Context;
import dev.withal.Report;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The body of a use that is a subscription: it ends when its publisher has and the uses inside it
 * have.
 *
 * <p>Design. Three cells settle the races. {@code outcome} is decided once, by the publisher's last
 * signal or by the request to end. {@code parts} counts the body and the uses inside it: whoever
 * brings it to zero ends the body. {@code end} brings that together with the stage that the body
 * returns, which is made only if the body hasn't ended by then.
 *
 * @param <R> the type of the body's result
 */
public abstract class UseBody<R> {

  /**
   * Stands for a body that hasn't ended when it returns: a use of nothing, which is asked to end
   * like any nested one. The publisher is left at once then, so nothing but the uses inside is
   * awaited, and each of those keeps a grace period of its own.
   */
  private static final AsyncContextManager<Object> RUNNING =
      AsyncContextManager.ofValue(new Object())
          .named("the body of a subscription")
          .grace(Duration.ofSeconds(Long.MAX_VALUE));

  /** No outcome yet, but the value is there that completing would make the result. */
  private static final Object ARRIVED = new Object();

  /** The outcome of a body with a result. */
  private static final Object VALUE = new Object();

  /** The outcome of a body without a result. */
  private static final Object EMPTY = new Object();

  /** The outcome of a body that failed, or was asked to end. */
  private record Failure(Throwable error) {}

  /** In place of the body's stage, once the body has ended. */
  private static final Object OVER = new Object();

  private static final VarHandle OUTCOME = handle("outcome", Object.class);
  private static final VarHandle PARTS = handle("parts", int.class);
  private static final VarHandle END = handle("end", Object.class);

  private static VarHandle handle(String field, Class<?> type) {
    return handle(MethodHandles.lookup(), UseBody.class, field, type);
  }

  /**
   * {@return a handle for a field}
   *
   * @param lookup the lookup of the class that has it
   * @param owner the class that has it
   * @param field its name
   * @param type its type
   */
  protected static VarHandle handle(
      MethodHandles.Lookup lookup, Class<?> owner, String field, Class<?> type) {
    try {
      return lookup.findVarHandle(owner, field, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The body's value, and later the result of the use, until it is passed on. */
  protected @Nullable R value;

  private volatile @Nullable Object outcome;
  private volatile int parts = 1;
  private volatile @Nullable Object end;

  /** Why the body is asked to end, for uses inside it. */
  private volatile @Nullable Throwable reason;

  /** Made by subclasses. */
  protected UseBody() {}

  // ---- the stage -------------------------------------------------------------------------------

  /** {@return what the body returns, once its publisher is subscribed to} */
  protected final CompletableFuture<R> stage() {
    if (end == OVER) {
      return complete(new CompletableFuture<>());
    }
    var stage = new CompletableFuture<R>();
    // Guard against race with the end of the body, which found no stage yet.
    return END.compareAndSet(this, null, stage)
        ? RUNNING.useAsync((ignored, cancellation) -> await(stage, cancellation))
        : complete(stage);
  }

  private CompletionStage<R> await(CompletionStage<R> stage, Cancellation cancellation) {
    cancellation.onRequest(this::asked);
    return stage;
  }

  private CompletableFuture<R> complete(CompletableFuture<R> stage) {
    if (outcome instanceof Failure(var error)) {
      stage.completeExceptionally(error);
    } else {
      R arrived = value;
      value = null;
      stage.complete(arrived);
    }
    return stage;
  }

  // ---- its parts -------------------------------------------------------------------------------

  /** {@return whether a use is inside from here on} One that has ended takes nobody. */
  protected final boolean takeIn() {
    for (int now = parts; now > 0; now = parts) {
      if (PARTS.compareAndSet(this, now, now + 1)) {
        return true;
      }
    }
    return false;
  }

  /** The body, or a use inside it, has ended. */
  @SuppressWarnings("unchecked") // there is one stage of the body
  protected final void partEnded() {
    if ((int) PARTS.getAndAdd(this, -1) == 1
        && END.getAndSet(this, OVER) instanceof CompletableFuture<?> stage) {
      complete((CompletableFuture<R>) stage);
    }
  }

  // ---- its outcome -----------------------------------------------------------------------------

  /**
   * The use is asked to end while the body runs.
   *
   * @param why the reason
   */
  protected final void asked(Throwable why) {
    reason = why;
    try {
      // First of all, so that uses inside are asked before the body counts as over without them.
      leavePublisher();
    } finally {
      fails(why);
    }
  }

  /**
   * The subscriber has cancelled. A request on the use comes to the body once that has returned its
   * stage, but a publisher may emit all it has as it is subscribed to.
   */
  protected final void leaveIfSubscribing() {
    if (end == null) {
      leavePublisher();
    }
  }

  /** Cancels the body's publisher; does nothing the second time. */
  protected abstract void leavePublisher();

  /**
   * Nobody receives a value.
   *
   * @param nobodys the value; null if there is none
   */
  protected abstract void discard(@Nullable R nobodys);

  /**
   * Reports a value that nobody receives, if it is one to close.
   *
   * @param manager the manager of the use
   * @param nobodys the value; null if there is none
   */
  protected static void reportDropped(Object manager, @Nullable Object nobodys) {
    if (nobodys instanceof AutoCloseable
        || nobodys instanceof AsyncContext<?>
        || nobodys instanceof Context<?>) {
      new Report(
              Report.Kind.DROPPED_VALUE,
              manager.toString(),
              "nobody received the value, a "
                  + nobodys.getClass().getName()
                  + ", and it is left open: let the body emit values that need no closing",
              null)
          .send();
    }
  }

  /**
   * {@return whether the value is the first and comes in time}
   *
   * @param first the value
   */
  protected final boolean arrives(R first) {
    if (outcome != null) {
      return false;
    }
    value = first;
    boolean inTime = decide(null, ARRIVED);
    if (!inTime) {
      // Guard against race with a request, after which nobody takes it.
      value = null;
    }
    return inTime;
  }

  /** The publisher has completed. */
  protected final void completes() {
    if (decide(ARRIVED, VALUE) || decide(null, EMPTY)) {
      partEnded();
    }
  }

  /**
   * The publisher has failed. {@return whether the body ends so}
   *
   * @param error the error
   */
  protected final boolean fails(Throwable error) {
    var failure = new Failure(error);
    if (!decide(null, failure)) {
      if (!decide(ARRIVED, failure)) {
        return false;
      }
      discard(value);
    }
    partEnded();
    return true;
  }

  private boolean decide(@Nullable Object before, Object how) {
    return OUTCOME.compareAndSet(this, before, how);
  }

  /** {@return whether the body has failed, completed or was asked to end} */
  protected final boolean isOver() {
    Object now = outcome;
    return now != null && now != ARRIVED;
  }

  /** {@return why the body is asked to end; null if it isn't} */
  protected final @Nullable Throwable reason() {
    return reason;
  }
}
