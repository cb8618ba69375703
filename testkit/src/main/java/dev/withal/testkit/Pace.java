package dev.withal.testkit;

import dev.withal.AsyncContextManager;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The passing of time in a trial, and the starting of its threads. */
sealed interface Pace extends AutoCloseable {

  /** The number of timers that may run in a row before a trial counts as standing still. */
  int TIMERS = 200;

  /** The same for many uses. */
  int TIMERS_OF_A_CROWD = 20_000;

  /**
   * How long, in real time, nothing may happen before the state is checked again: a count of the
   * user's gives no notice when it changes.
   */
  Duration SHORT = Duration.ofMillis(2);

  /** How long, in real time, a known thread may be at work before it counts as held. */
  Duration HELD = Duration.ofSeconds(5);

  /** The same for many uses: on a busy machine they take their time. */
  Duration HELD_IN_A_CROWD = Duration.ofSeconds(20);

  /** {@return how long, in real time, expected events are awaited} */
  Duration patience();

  /** {@return the manager as it is tested at this pace} */
  <T extends @Nullable Object> AsyncContextManager<T> adapt(AsyncContextManager<T> manager);

  /** {@return a started virtual thread} */
  Thread start(Runnable task);

  /** {@return the executor, with its tasks known here} */
  Executor known(Executor executor);

  void interrupt(Thread thread);

  /**
   * Waits until all known threads wait, in real time no longer than the limit. {@return the
   * position of one that doesn't; null if all do}
   */
  @Nullable Throwable settle(Duration limit) throws InterruptedException;

  /** Lets everything that has begun continue as far as it does by itself. */
  void pause(Gate gate) throws InterruptedException;

  /**
   * Waits for an event that must come by itself. {@return whether anything happened since the gate
   * had seen the given number of changes}
   */
  boolean awaitEnd(Gate gate, long seen) throws InterruptedException;

  /**
   * Lets time pass, up to the next event. {@return whether anything happened since the gate had
   * seen the given number of changes}
   */
  boolean pass(Gate gate, long seen) throws InterruptedException;

  /**
   * Lets time pass until a condition holds, in real time no longer than the limit. {@return whether
   * it holds}
   */
  boolean reaches(Gate gate, Duration limit, BooleanSupplier end) throws InterruptedException;

  @Override
  void close();

  /** In virtual time, which passes when nothing else can happen. */
  record Virtual(VirtualTime time) implements Pace {

    @Override
    public Duration patience() {
      return Duration.ofSeconds(1); // for threads that virtual time doesn't know
    }

    @Override
    public <T extends @Nullable Object> AsyncContextManager<T> adapt(
        AsyncContextManager<T> manager) {
      return manager;
    }

    @Override
    public Thread start(Runnable task) {
      return time.start(task);
    }

    @Override
    public Executor known(Executor executor) {
      return time.executor(executor);
    }

    @Override
    public void interrupt(Thread thread) {
      time.interrupt(thread);
    }

    @Override
    public @Nullable Throwable settle(Duration limit) throws InterruptedException {
      return time.settle(limit);
    }

    @Override
    public void pause(Gate gate) {} // it has settled

    @Override
    public boolean awaitEnd(Gate gate, long seen) {
      return false; // the timers bring it about
    }

    @Override
    public boolean pass(Gate gate, long seen) {
      return time.runNext();
    }

    @Override
    public boolean reaches(Gate gate, Duration limit, BooleanSupplier end)
        throws InterruptedException {
      long waits = limit.dividedBy(SHORT);
      int timers = 0;
      while (!end.getAsBoolean()) {
        long seen = gate.changes();
        if (settle(HELD_IN_A_CROWD) != null || waits == 0 || timers == TIMERS_OF_A_CROWD) {
          return end.getAsBoolean();
        }
        if (pass(gate, seen)) {
          timers++;
        } else if (!gate.awaitChange(seen, SHORT)) {
          waits--;
        }
      }
      return true;
    }

    @Override
    public void close() {
      time.close();
    }
  }

  /**
   * In real time: after a short while without events, no more are expected.
   *
   * @param running the known tasks that have not ended
   */
  record Real(Tasks running) implements Pace {
    /** The grace period of the managers under test. */
    static final Duration GRACE = Duration.ofMillis(50);

    private static final Duration QUIET = GRACE.multipliedBy(3);

    Real() {
      this(new Tasks());
    }

    @Override
    public Duration patience() {
      return Duration.ofSeconds(20); // for a server on a machine that does much else
    }

    @Override
    public <T extends @Nullable Object> AsyncContextManager<T> adapt(
        AsyncContextManager<T> manager) {
      return manager.grace(GRACE);
    }

    @Override
    public Thread start(Runnable task) {
      return Thread.ofVirtual().start(task);
    }

    @Override
    public Executor known(Executor executor) {
      return running.known(executor);
    }

    @Override
    public void interrupt(Thread thread) {
      thread.interrupt();
    }

    /** Threads of the manager's own aren't known, and a started one may still be on its way. */
    @Override
    public @Nullable Throwable settle(Duration limit) throws InterruptedException {
      return running.awaitEnd(limit);
    }

    @Override
    public void pause(Gate gate) throws InterruptedException {
      while (gate.awaitChange(gate.changes(), Duration.ofMillis(5))) {
        // Something still moves.
      }
    }

    @Override
    public boolean awaitEnd(Gate gate, long seen) throws InterruptedException {
      return gate.awaitChange(seen, patience());
    }

    @Override
    public boolean pass(Gate gate, long seen) throws InterruptedException {
      return gate.awaitChange(seen, QUIET);
    }

    @Override
    public boolean reaches(Gate gate, Duration limit, BooleanSupplier end)
        throws InterruptedException {
      for (long waits = limit.dividedBy(SHORT); waits > 0 && !end.getAsBoolean(); ) {
        if (!gate.awaitChange(gate.changes(), SHORT)) {
          waits--;
        }
      }
      return end.getAsBoolean();
    }

    @Override
    public void close() {}
  }
}
