package dev.withal.jdbc;

import dev.withal.Async;
import dev.withal.database.internal.Bound;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One call to a driver, and the thread that waits for it.
 *
 * <p>Design: the driver is called on a thread that nobody interrupts, unless {@link Where} says
 * that an interruption does no harm. In that case the waiting thread makes the call itself, and its
 * interruption asks the driver to cancel the statement. Otherwise an interruption reaches only the
 * waiting thread, which makes that request itself and continues to wait.
 *
 * <p>The request runs on a virtual thread of its own, since the call that it cancels may occupy the
 * executor's last thread. A driver ignores a cancel request that comes before it has sent the
 * statement, and a server ignores one that comes before it has received the statement; so the
 * request is repeated until the call has ended. PostgreSQL's driver sends the request of a
 * statement only once, sends nothing the second time, and makes the call wait for the end of the
 * request, even after an abort; so there the connection's own request is used. The call counts as
 * ended when no request is under way any more, as one could hit the statement after it.
 *
 * <p>A statement that was asked to end fails even if the driver gives a value: MariaDB was seen to
 * answer such a count with 0.
 */
final class DriverCall implements Runnable {
  private static final Duration AGAIN = Duration.ofMillis(100);

  private final String context;
  private final Session session;
  private final @Nullable Statement statement;
  private final Callable<?> call;
  private final CompletableFuture<@Nullable Object> ended = new CompletableFuture<>();

  private final ReentrantLock lock = new ReentrantLock();
  private boolean stopping;
  private @Nullable Answer answer;
  private boolean cancelledAside;
  private int requests;
  private @Nullable Throwable requestFailure;

  /** The driver's result or error. */
  private record Answer(@Nullable Object value, @Nullable Throwable error) {}

  /**
   * @param context the name of the context that makes the call, for messages
   * @param statement the statement that runs; null for a call on the connection itself
   */
  DriverCall(String context, Session session, @Nullable Statement statement, Callable<?> call) {
    this.context = context;
    this.session = session;
    this.statement = statement;
    this.call = call;
  }

  private void start() {
    try {
      session.executor().execute(Async.carrying(this));
    } catch (Throwable error) {
      answered(new Answer(null, Calls.refused(context, error)));
    }
  }

  /** Makes the call; run by the executor. */
  @Override
  public void run() {
    Answer given;
    try {
      refuseIfStopping();
      session.beforeCall();
      given = new Answer(call.call(), null);
      session.afterCall();
    } catch (Throwable error) {
      session.failedCall(error);
      given = new Answer(null, error);
    }
    answered(given);
  }

  private void answered(Answer given) {
    update(() -> {
      // Guard against race with the bound: it may have answered in the driver's place.
      if (answer == null) {
        answer = given;
      }
    });
  }

  /** {@return a future that completes as the call did, once no request is under way for it} */
  CompletableFuture<@Nullable Object> ended() {
    return ended;
  }

  /**
   * Makes the call on another thread, and waits on the calling one. {@return the driver's result}
   */
  @Nullable Object await() throws SQLException {
    start();
    try {
      return untilEnded();
    } catch (SQLException error) {
      throw Calls.withFramesOfCaller(error);
    }
  }

  /** Makes the call on the calling thread. {@return the driver's result} */
  @Nullable Object here() throws SQLException {
    new Interruption(this::stop).tellDuring(this);
    if (Thread.currentThread().isInterrupted()) {
      // Guard against race with the end of the call, which has told nobody.
      stop();
      return awaitStopped();
    }
    return untilEnded();
  }

  private @Nullable Object untilEnded() throws SQLException {
    try {
      return Async.<@Nullable Object, SQLException>await(ended);
    } catch (InterruptedException ignored) {
      stop();
      return awaitStopped();
    }
  }

  private @Nullable Object awaitStopped() {
    CompletableFuture<@Nullable Throwable> failure = ended.handle((ignored, error) -> error);
    while (!failure.isDone()) {
      try {
        Async.await(failure);
      } catch (InterruptedException ignored) {
        // The statement is being cancelled already, and the flag is set below.
      }
    }
    Thread.currentThread().interrupt();
    Throwable error = failure.resultNow();
    if (error == null) {
      return ended.resultNow();
    }
    throw cancelled(error);
  }

  private CancellationException cancelled(Throwable cause) {
    var cancelled =
        new CancellationException(context + " was interrupted, which cancels its running call");
    cancelled.initCause(cause);
    locked(() -> {
      if (requestFailure != null) {
        cancelled.addSuppressed(requestFailure);
      }
    });
    return cancelled;
  }

  /** Asks the driver to cancel the statement, if there is one, until the call has ended. */
  void stop() {
    lock.lock();
    try {
      if (stopping) {
        return;
      }
      stopping = true;
    } finally {
      lock.unlock();
    }
    request();
    Bound.on(ended, session.bounds().cancel(), this::abort);
    cancelIfLost();
  }

  /**
   * The call has ended, but the server may still run its statement. Guard against race with an
   * interruption in the driver, which ends the call by closing its socket, perhaps before a request
   * was sent.
   */
  private void cancelIfLost() {
    if (isToBeCancelledAside()) {
      session.physical().cancelIfLost(session.bounds().cancel());
    }
  }

  /** {@return true once, when a statement has ended that was asked to} */
  private boolean isToBeCancelledAside() {
    lock.lock();
    try {
      boolean first = stopping && !cancelledAside && ended.isDone() && statement != null;
      cancelledAside |= first;
      return first;
    } finally {
      lock.unlock();
    }
  }

  private void abort() {
    session.abort();
    update(() -> {});
    Bound.on(
        ended,
        Bound.LAST,
        () ->
            answered(
                new Answer(
                    null,
                    new SQLTimeoutException(
                        context
                            + ": the driver neither cancelled a call within "
                            + session.bounds().cancel()
                            + " nor noticed that the connection was aborted after that"))));
  }

  private void request() {
    if (!mayRequest()) {
      return;
    }
    Calls.start(
            context,
            VirtualThreads.EACH,
            () -> {
              cancel();
              return context;
            })
        .whenComplete((ignored, failure) -> {
          update(() -> {
            requests--;
            requestFailure = failure;
          });
          requestLater();
        });
  }

  /**
   * Asks the driver to cancel the statement; called only by the thread that counted its request.
   */
  private void cancel() throws SQLException {
    Statement running = statement;
    if (!session.physical().beyond().cancelQuery() && running != null) {
      running.cancel();
    }
  }

  private void requestLater() {
    CompletableFuture<Void> later = Async.sleepAsync(AGAIN);
    ended.whenComplete((ignored, unused) -> later.cancel(false));
    later.thenRun(this::request);
  }

  private void refuseIfStopping() {
    locked(() -> {
      if (stopping) {
        throw new CancellationException(context + " was asked to end, so the call was not made");
      }
    });
  }

  private boolean mayRequest() {
    lock.lock();
    try {
      if (answer != null) {
        return false;
      }
      requests++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void update(Runnable change) {
    Answer over;
    boolean asked;
    lock.lock();
    try {
      change.run();
      over = requests == 0 || session.isAborted() ? trusted(answer) : null;
      asked = stopping;
    } finally {
      lock.unlock();
    }
    if (over == null) {
      return;
    }
    if (over.error == null) {
      ended.complete(over.value);
    } else {
      ended.completeExceptionally(over.error);
    }
    if (asked) {
      cancelIfLost();
    }
  }

  /** {@return the answer, but an error in place of a value that a request may have spoiled} */
  private @Nullable Answer trusted(@Nullable Answer given) {
    if (given == null || given.error != null || statement == null || !stopping) {
      return given;
    }
    return new Answer(
        null,
        new CancellationException(
            context
                + ": a statement was asked to end while it ran, so its result can't be relied on"));
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }
}
