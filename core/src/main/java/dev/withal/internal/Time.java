package dev.withal.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where core gets time, waiting and threads from, so that a test can put virtual time in its place.
 *
 * <p>One is in force for the whole process: a use hops between threads, so nothing bound to a
 * thread could follow it.
 */
public interface Time {

  /** The longest duration that a {@code long} can count in nanoseconds: 292 years. */
  Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  /** The instant that stands for never: so late that no process lives to see it, in 2262. */
  Instant NEVER = Instant.EPOCH.plus(LONGEST);

  /** A pending call of {@link #schedule}. */
  interface Timer {
    /** Forgets the call, unless it has begun. */
    void cancel();
  }

  /** {@return the present instant} */
  Instant now();

  /**
   * {@return the reading of a clock that nobody sets, in nanoseconds} Only the difference of two
   * readings means something. It may stand still while the machine is suspended.
   */
  default long nanos() {
    return TimeUnit.NANOSECONDS.convert(Duration.between(Instant.EPOCH, now()));
  }

  /**
   * Calls {@code action} once, when {@code delay} has passed, on a thread where it may block. It
   * does so while virtual threads that compute hold every carrier, too; that thread has inherited
   * nothing from another one.
   *
   * @param delay how long to wait; zero or less means at once, but never on the calling thread; an
   *     {@linkplain #isEndless endless} one never passes
   * @param action what to call; must not throw
   * @return the pending call
   */
  Timer schedule(Duration delay, Runnable action);

  /**
   * Calls {@code action} once, like {@link #schedule}, for what only looks at how things are:
   * virtual time passes without waiting for it.
   *
   * @param delay how long to wait
   * @param action what to call; must not throw
   */
  default void watch(Duration delay, Runnable action) {
    schedule(delay, action);
  }

  /**
   * Blocks the calling thread until {@code future} is done, in whichever way.
   *
   * @param future what to wait for
   * @throws InterruptedException if the calling thread is interrupted before the future is done
   */
  void await(CompletableFuture<?> future) throws InterruptedException;

  /**
   * Starts a virtual thread, on behalf of the calling thread: it inherits what threads inherit.
   *
   * @param name its name
   * @param task what it runs
   * @return the started thread
   */
  Thread start(String name, Runnable task);

  /**
   * Starts a daemon thread of the platform, which runs while virtual threads that compute hold
   * every carrier, too. It inherits nothing: no thread-locals, class loader, group or priority.
   *
   * @param name its name
   * @param task what it runs
   * @return the started thread
   */
  Thread startPlatform(String name, Runnable task);

  /**
   * Interrupts a thread.
   *
   * @param thread whom
   */
  void interrupt(Thread thread);

  /**
   * {@return the instant that is so long from now} That is {@link #NEVER} at the latest.
   *
   * @param delay how long, endless ones included; less than zero for an instant in the past
   */
  default Instant in(Duration delay) {
    Instant then = now().plusNanos(TimeUnit.NANOSECONDS.convert(delay));
    return then.isAfter(NEVER) ? NEVER : then;
  }

  /**
   * {@return whether no process lives to see the end of it} That is so from {@link #LONGEST} on.
   *
   * @param duration how long
   */
  static boolean isEndless(Duration duration) {
    return duration.compareTo(LONGEST) >= 0;
  }

  /** {@return the time in force} */
  static Time current() {
    return Current.TIME.get();
  }

  /**
   * Puts another time in force.
   *
   * @param expected the time that must be in force now
   * @param replacement the time to put in its place
   * @throws IllegalStateException if another one than {@code expected} is in force
   */
  static void replace(Time expected, Time replacement) {
    if (!Current.TIME.compareAndSet(expected, replacement)) {
      throw new IllegalStateException(
          "another time is in force: only one test at a time can use virtual time");
    }
  }

  /** Holds the time in force. */
  final class Current {
    private static final AtomicReference<Time> TIME = new AtomicReference<>(new SystemTime());

    private Current() {}
  }
}
