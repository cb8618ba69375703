package dev.withal.stress.sched;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * Runs virtual threads one at a time on the thread that calls {@link #run}, in an order that a seed
 * decides: the same seed gives the same order again.
 *
 * <p>Design. A virtual thread hands its continuation to its executor whenever it may go on. Here
 * that is a list, and each step runs one of it up to where its thread waits or pauses. So threads
 * switch at three places: where they wait, where a scenario calls {@link #pause}, and where core
 * calls {@link SteppedTime}, which pauses. What may happen at any moment is drawn as well: a timer
 * fires although threads could run. The JDK lets nobody choose the executor but by reflection.
 */
final class SeededScheduler {
  private static final int MOST_STEPS = 100_000;
  private static final Constructor<?> BUILDER = builder();

  private final Random random;
  private final Thread carrier = Thread.currentThread();
  private final List<Runnable> ready = new ArrayList<>();
  private final IdentityHashMap<Runnable, Thread> threads = new IdentityHashMap<>();
  private final List<Thread> alive = new ArrayList<>();
  private final List<Throwable> uncaught = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();
  private final Timers timers = new Timers();
  private final Executor queue = this::add;

  /** How likely a thread that could go on has to let another one go first. */
  private final double switching;

  /** How likely a timer fires before all threads wait. */
  private final double hurry;

  private Thread starting;
  private Runnable last;

  SeededScheduler(long seed) {
    // Seeds that follow each other begin alike: mix them first.
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    switching = List.of(1.0, 0.5, 0.1).get(random.nextInt(3));
    hurry = List.of(0.0, 0.02, 0.2).get(random.nextInt(3));
  }

  /** {@return the source of all that is left to chance in this run} */
  Random random() {
    return random;
  }

  Timers timers() {
    return timers;
  }

  /** {@return the names of the threads in the order of their steps} */
  List<String> trace() {
    return trace;
  }

  /** Lets other threads go first, if the calling thread is one that can be switched. */
  @SuppressWarnings("ThreadPriorityCheck") // here it is this scheduler that is asked
  static void pause() {
    if (Thread.currentThread().isVirtual()) {
      Thread.yield();
    }
  }

  /** Starts a virtual thread of this scheduler. */
  Thread start(String name, Runnable task) {
    Thread thread;
    try {
      var builder = (Thread.Builder.OfVirtual) BUILDER.newInstance(queue);
      thread =
          builder
              .name(name)
              .unstarted(() -> {
                try {
                  task.run();
                } finally {
                  alive.remove(Thread.currentThread());
                }
              });
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK makes virtual threads in another way", e);
    }
    alive.add(thread);
    starting = thread;
    thread.start();
    return thread;
  }

  /**
   * Runs until all threads have ended and nothing that the scenario has planned is left.
   *
   * @throws AssertionError if threads wait that nobody is left to wake, or one has failed
   */
  void run() {
    while (!alive.isEmpty() || timers.arePlanned()) {
      if (ready.isEmpty() || (!timers.isEmpty() && random.nextDouble() < hurry)) {
        if (timers.isEmpty()) {
          throw stuck("waits for what nobody will do");
        }
        timers.fireNext(this);
      } else {
        step();
      }
    }
    if (!uncaught.isEmpty()) {
      throw new AssertionError("a thread failed: " + uncaught.getFirst(), uncaught.getFirst());
    }
  }

  private void step() {
    int at = last == null ? -1 : ready.indexOf(last);
    if (at < 0 || random.nextDouble() < switching) {
      at = random.nextInt(ready.size());
    }
    last = ready.remove(at);
    trace.add(threads.get(last).getName());
    if (trace.size() > MOST_STEPS) {
      throw stuck("is still busy after " + MOST_STEPS + " steps");
    }
    last.run();
  }

  private AssertionError stuck(String what) {
    var error = new AssertionError(alive.size() + " left over: " + alive.getFirst() + " " + what);
    error.setStackTrace(alive.getFirst().getStackTrace());
    return error;
  }

  /** A thread may go on. */
  private void add(Runnable continuation) {
    if (Thread.currentThread() != carrier && !Thread.currentThread().isVirtual()) {
      throw new IllegalStateException(
          "a thread unknown here has woken one that is: no seed can repeat that");
    }
    threads.computeIfAbsent(continuation, _ -> starting);
    ready.add(continuation);
  }

  private static Constructor<?> builder() {
    try {
      Constructor<?> constructor =
          Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
              .getDeclaredConstructor(Executor.class);
      constructor.setAccessible(true);
      return constructor;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException(
          "needs JDK 25 and --add-opens java.base/java.lang=ALL-UNNAMED", e);
    }
  }
}
