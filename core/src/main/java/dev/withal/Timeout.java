package dev.withal;

import dev.withal.internal.Named;
import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bound on how long a body may take, handed out by {@link Async#timeout}. The counterpart of the
 * context of {@code asyncio.timeout}.
 *
 * <p>When it expires, the body is asked to end: in direct style its thread is interrupted, in stage
 * style its {@link Cancellation} is told. Thread-safe.
 *
 * {@snippet class="dev.withal.guide.TimeLimitsTest" region="timeout"}
 */
public final class Timeout {
  private static final String NAME = "timeout";

  private final @Nullable String name;
  private final CompletableFuture<Void> lost = new CompletableFuture<>();

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private Instant deadline;
  private Time.Timer timer;
  private boolean expired;
  private boolean over;

  /** Hands out a timeout that begins to run each time. */
  private record Manager(@Nullable String name, Duration limit)
      implements AsyncContextManager<Timeout>, Named<AsyncContextManager<Timeout>> {
    @Override
    public CompletionStage<AsyncContext<Timeout>> enterAsync() {
      return new Completed<>(new Timeout(name, limit).new Context());
    }

    @Override
    public AsyncContextManager<Timeout> withName(String other) {
      return new Manager(other, limit);
    }

    @Override
    public String toString() {
      return name == null ? NAME : name;
    }
  }

  private Timeout(@Nullable String name, Duration limit) {
    this.name = name;
    schedule(limit);
    expireIfOver(limit);
  }

  static AsyncContextManager<Timeout> manager(Duration limit) {
    return new Manager(null, limit);
  }

  /**
   * Lets the error of a timeout show where the body is as it expires, which says more than the
   * timer that made it; does nothing to another error.
   */
  static void showBody(Throwable error, Thread body) {
    if (error.getClass() != TimeoutException.class) {
      return;
    }
    StackTraceElement[] made = error.getStackTrace();
    if (made.length > 0 && made[0].getClassName().equals(Timeout.class.getName())) {
      StackTraceElement[] where = body.getStackTrace();
      if (where.length > 0) {
        error.setStackTrace(where);
      }
    }
  }

  /** {@return whether the time was over before the body had ended} */
  public boolean expired() {
    lock.lock();
    try {
      return expired;
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@return the instant at which this timeout expires or has expired} {@link ExitCase#UNBOUNDED}
   * if it never does.
   */
  public Instant deadline() {
    lock.lock();
    try {
      return deadline;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves the instant at which this timeout expires.
   *
   * @param limit how long from now; zero or less expires it at once
   * @throws IllegalStateException if it has expired, or its body has ended
   */
  public void reschedule(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    lock.lock();
    try {
      if (expired || over) {
        throw new IllegalStateException(
            expired
                ? "this timeout has expired: it can't be rescheduled"
                : "the body of this timeout has ended: it can't be rescheduled");
      }
      timer.cancel();
      schedule(limit);
    } finally {
      lock.unlock();
    }
    expireIfOver(limit);
  }

  private void schedule(Duration limit) {
    Instant until = Time.current().in(limit);
    // Guard against race with the timer, which takes another deadline for a newer one.
    deadline = until;
    timer = Time.current().schedule(limit, InExit.continuing(() -> expire(until, limit)));
  }

  /** A limit that is over needs no timer, which a short body would be ahead of. */
  private void expireIfOver(Duration limit) {
    if (!limit.isPositive()) {
      expire(deadline(), limit);
    }
  }

  private void expire(Instant until, Duration limit) {
    lock.lock();
    try {
      // Guard against race with reschedule and with the body's end.
      if (over || !until.equals(deadline)) {
        return;
      }
      expired = true;
    } finally {
      lock.unlock();
    }
    // Made here, by which showBody knows it.
    String after = "timed out after " + limit;
    lost.completeExceptionally(new TimeoutException(name == null ? after : name + " " + after));
  }

  private void end() {
    lock.lock();
    try {
      over = true;
      timer.cancel();
    } finally {
      lock.unlock();
    }
  }

  private final class Context implements AsyncContext<Timeout> {
    @Override
    public Timeout value() {
      return Timeout.this;
    }

    @Override
    public CompletionStage<?> lost() {
      return lost;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      end();
      return Verdict.PROPAGATE.now();
    }

    @Override
    public String toString() {
      return name == null ? NAME : name;
    }
  }
}
