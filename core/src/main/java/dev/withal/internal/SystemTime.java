package dev.withal.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The machine's clock, one daemon thread that starts what is due, and threads for that. */
final class SystemTime implements Time {
  /** By the names of threads, which are literals in our code, so a few. */
  private static final Map<String, ThreadFactory> FACTORIES = new ConcurrentHashMap<>();

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    if (Time.isEndless(delay)) {
      return () -> {};
    }
    Future<?> pending =
        Clockwork.CLOCK.schedule(
            () -> Clockwork.ONLY.start(action),
            TimeUnit.NANOSECONDS.convert(delay),
            TimeUnit.NANOSECONDS);
    return () -> pending.cancel(false);
  }

  @Override
  public void await(CompletableFuture<?> future) throws InterruptedException {
    try {
      future.get();
    } catch (ExecutionException | CancellationException e) {
      // Done, which is all that was asked; how, the caller reads from the future.
      return;
    }
  }

  @Override
  public Thread start(String name, Runnable task) {
    Thread thread = factory(name).newThread(task);
    thread.start();
    return thread;
  }

  /** {@return what makes threads of a name, kept, as a builder for each costs as much as a task} */
  private static ThreadFactory factory(String name) {
    ThreadFactory known = FACTORIES.get(name);
    return known == null
        ? FACTORIES.computeIfAbsent(name, own -> Thread.ofVirtual().name(own).factory())
        : known;
  }

  @Override
  public Thread startPlatform(String name, Runnable task) {
    return platform(name).start(task);
  }

  @Override
  public void interrupt(Thread thread) {
    thread.interrupt();
  }

  @SuppressWarnings("ThreadPriorityCheck") // the usual one, not that of whoever happens to be first
  private static Thread.Builder.OfPlatform platform(String name) {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    for (ThreadGroup parent = group; parent != null; parent = parent.getParent()) {
      group = parent;
    }
    return Thread.ofPlatform()
        .daemon()
        .name(name)
        .group(group)
        .priority(Thread.NORM_PRIORITY)
        .inheritInheritableThreadLocals(false);
  }

  /**
   * What is due, and who runs it. Made at the first delay: most programs that only use contexts
   * need no timer.
   *
   * <p>Design: what is due gets a virtual thread of its own, as a continuation that blocks must not
   * hold up the others. Virtual threads that compute may hold every carrier, so what has not begun
   * within {@link #PATIENCE} gets a platform thread as well; the first of the two runs it. These
   * are few at a time, and each runs one thing only: thread-locals that code of others leaves there
   * end with it. All but {@link Due} is touched by the clock's thread alone.
   */
  private static final class Clockwork {
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(5);

    static final ScheduledThreadPoolExecutor CLOCK = create();
    static final Clockwork ONLY = new Clockwork();

    /** In the order in which they became due; some have begun by now. */
    private final Queue<Due> due = new ArrayDeque<>();

    private int sparePlatformThreads = 64;
    private boolean willLook;

    private static ScheduledThreadPoolExecutor create() {
      var clock = new ScheduledThreadPoolExecutor(1, platform("withal-clock").factory());
      clock.setRemoveOnCancelPolicy(true);
      return clock;
    }

    void start(Runnable action) {
      var next = new Due(action);
      due.add(next);
      lookLater();
      // A timer's action belongs to nobody in particular, so its thread inherits nothing.
      Thread.ofVirtual().name("withal-timer").inheritInheritableThreadLocals(false).start(next);
    }

    private void lookLater() {
      if (!willLook) {
        willLook = true;
        CLOCK.schedule(
            () -> {
              willLook = false;
              look();
            },
            PATIENCE,
            TimeUnit.NANOSECONDS);
      }
    }

    private void look() {
      try {
        long now = System.nanoTime();
        for (Due next = due.peek(); next != null && next.isSettled(now); next = due.peek()) {
          if (!next.hasBegun()) {
            if (sparePlatformThreads == 0) {
              return;
            }
            startOnPlatform(next);
          }
          due.remove();
        }
      } finally {
        // Also where the machine has no thread to give now.
        if (!due.isEmpty() && sparePlatformThreads > 0) {
          lookLater();
        }
      }
    }

    private void startOnPlatform(Due next) {
      platform("withal-timer")
          .start(() -> {
            try {
              next.run();
            } finally {
              CLOCK.execute(this::platformThreadEnded);
            }
          });
      sparePlatformThreads--;
    }

    private void platformThreadEnded() {
      sparePlatformThreads++;
      look();
    }

    /** Something due, which whoever comes first runs. */
    private static final class Due implements Runnable {
      private final AtomicReference<@Nullable Runnable> action;
      private final long since = System.nanoTime();

      Due(Runnable action) {
        this.action = new AtomicReference<>(action);
      }

      boolean hasBegun() {
        return action.get() == null;
      }

      /** Whether it has begun, or has waited too long. */
      boolean isSettled(long now) {
        return hasBegun() || now - since >= PATIENCE;
      }

      @Override
      public void run() {
        Runnable taken = action.getAndSet(null);
        if (taken != null) {
          taken.run();
        }
      }
    }
  }
}
