package dev.withal.testkit;

import dev.withal.Async;
import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes only when nothing else can happen: delays and timeouts of Withal take no real
 * time in a test, and always come in the same order.
 *
 * <p>While it is in force, it knows the thread that installed it, the threads that Withal starts,
 * and those of {@link #start} and {@link #executor}. Once all of these wait for stages in direct
 * style, the clock jumps to the next timer and runs it, on a virtual thread, one timer after the
 * other. A test of stage style moves the clock by {@link #advance} or waits with {@link #await}.
 *
 * <p>Limits: a thread that blocks in another way counts as busy, and a stage that is completed by
 * an unknown thread doesn't hold the clock. Virtual time is in force in the whole process, so tests
 * that use it run one after the other. Thread-safe. A null argument is refused with a {@link
 * NullPointerException}.
 */
public final class VirtualTime implements AutoCloseable {
  static {
    Core.letIn();
  }

  private final Time before = Time.current();
  private final VirtualClock clock = new VirtualClock();

  private VirtualTime() {}

  /**
   * {@return virtual time, in force until it is closed} The calling thread is known to it.
   *
   * @throws IllegalStateException if virtual time is already in force
   */
  public static VirtualTime install() {
    var time = new VirtualTime();
    if (time.before instanceof VirtualClock) {
      throw new IllegalStateException("virtual time is already in force: close it first");
    }
    Time.replace(time.before, time.clock);
    return time;
  }

  /** {@return the virtual time that has passed} */
  public Duration elapsed() {
    return clock.elapsed();
  }

  /** {@return the number of known threads that have not ended, other than the calling one} */
  public int runningThreads() {
    return clock.runningThreads();
  }

  /** {@return the number of pending timers} */
  public int pendingTimers() {
    return clock.pendingTimers();
  }

  /**
   * Lets time pass: runs the timers that become due, in order, each after all consequences of the
   * previous one.
   *
   * @param duration the time to pass
   * @throws IllegalStateException if the calling thread is interrupted meanwhile, as described for
   *     {@link #settle}
   */
  public void advance(Duration duration) {
    clock.advance(duration);
  }

  /**
   * Waits until every other known thread has ended or waits, without letting time pass.
   *
   * @throws IllegalStateException if the calling thread is interrupted meanwhile; its cause shows
   *     the position of a thread that neither ends nor waits, and the interrupt flag is set again
   */
  public void settle() {
    clock.settle();
  }

  /**
   * Waits like {@link #settle()}, but no longer than the limit in real time. {@return the position
   * of a thread that neither ends nor waits; null if there is none}
   */
  @Nullable Throwable settle(Duration limit) throws InterruptedException {
    return clock.settle(limit);
  }

  /** Runs the next timer, whenever it is due. {@return whether there was one} */
  boolean runNext() {
    return clock.runNext();
  }

  /**
   * Waits for a stage and lets time pass as needed.
   *
   * @param stage the stage to wait for
   * @param <T> the type of the value
   * @return the value of the stage
   * @throws Exception if the stage fails: its error, unchanged
   */
  public <T extends @Nullable Object> T await(CompletionStage<? extends T> stage) throws Exception {
    return Async.<T, Exception>await(stage);
  }

  /**
   * Starts a virtual thread that is known here.
   *
   * @param task the task that it runs
   * @return the started thread
   */
  public Thread start(Runnable task) {
    return clock.start("virtual-time", Objects.requireNonNull(task, "task"));
  }

  /**
   * {@return an executor whose tasks are known here}
   *
   * @param executor the executor that runs them
   */
  public Executor executor(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return task -> clock.hand(task, executor);
  }

  /**
   * Interrupts a thread; time doesn't pass until the thread has reacted.
   *
   * @param thread the thread to interrupt
   */
  public void interrupt(Thread thread) {
    clock.interrupt(thread);
  }

  /** Restores real time. */
  @Override
  public void close() {
    Time.replace(clock, before);
  }
}
