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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One call to a driver, and the thread that waits for it.
 *
 * <p>Design: the driver is called on a thread that nobody interrupts. To interrupt a virtual thread
 * that reads from a socket closes the socket, and to interrupt any thread that reads from H2's file
 * closes the file, for everybody. So an interruption reaches only the waiting thread, which asks
 * the driver to cancel the statement, and waits on.
 *
 * <p>The request has a virtual thread of its own: what is to be cancelled may have the executor's
 * last one. A driver passes over a cancel request that comes before it has sent the statement, and
 * a server over one that comes before it has got the statement; so the request is repeated until
 * the call has ended. PostgreSQL's driver sends the request of a statement once only, and nothing
 * the second time, so it is repeated by the connection's own request where there is one. The call
 * counts as ended when no request is under way any more, which could hit the statement after it.
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
  private int requests;
  private boolean requested;
  private @Nullable Throwable requestFailure;

  /** What the driver returned or threw. */
  private record Answer(@Nullable Object value, @Nullable Throwable error) {}

  /**
   * @param context who makes it, for messages
   * @param statement what runs; null if it is a call on the connection itself
   */
  DriverCall(String context, Session session, @Nullable Statement statement, Callable<?> call) {
    this.context = context;
    this.session = session;
    this.statement = statement;
    this.call = call;
  }

  /** Begins it. */
  void start() {
    try {
      session.executor().execute(this);
    } catch (Throwable error) {
      answered(new Answer(null, Calls.refused(context, error)));
    }
  }

  /** Makes it; for the executor. */
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

  /** {@return what completes as the call has, and nothing more is asked of the driver for it} */
  CompletableFuture<@Nullable Object> ended() {
    return ended;
  }

  /** Waits for the call, on the calling thread. {@return what it returned} */
  @Nullable Object await() throws SQLException {
    try {
      return Async.<@Nullable Object, SQLException>await(ended);
    } catch (InterruptedException _) {
      stop();
      return awaitStopped();
    } catch (SQLException error) {
      throw withFramesOfCaller(error);
    }
  }

  private @Nullable Object awaitStopped() {
    CompletableFuture<@Nullable Throwable> failure = ended.handle((_, error) -> error);
    while (!failure.isDone()) {
      try {
        Async.await(failure);
      } catch (InterruptedException _) {
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
        new CancellationException(context + " was interrupted, which cancels what it runs");
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
        .whenComplete((_, failure) -> {
          update(() -> {
            requests--;
            requestFailure = failure;
          });
          requestLater();
        });
  }

  /** Asks the driver to cancel it; the one thread does so that has counted its request. */
  private void cancel() throws SQLException {
    Statement running = statement;
    if (running != null) {
      running.cancel();
    }
    if (requested || running == null) {
      session.physical().beyond().cancelQuery();
    }
    requested = true;
  }

  private void requestLater() {
    CompletableFuture<Void> later = Async.sleepAsync(AGAIN);
    ended.whenComplete((_, _) -> later.cancel(false));
    later.thenRun(this::request);
  }

  private void refuseIfStopping() {
    locked(() -> {
      if (stopping) {
        throw new CancellationException(context + " was asked to end, so this isn't run");
      }
    });
  }

  private boolean mayRequest() {
    lock.lock();
    try {
      requests += answer == null ? 1 : 0;
      return answer == null;
    } finally {
      lock.unlock();
    }
  }

  private void update(Runnable change) {
    Answer over;
    lock.lock();
    try {
      change.run();
      over = requests == 0 || session.isAborted() ? answer : null;
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
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  /** The driver threw it on another thread, and who reads it wants to know who called. */
  private static SQLException withFramesOfCaller(SQLException error) {
    error.setStackTrace(
        Stream.of(error.getStackTrace(), new Throwable().getStackTrace())
            .flatMap(Stream::of)
            .toArray(StackTraceElement[]::new));
    return error;
  }
}
