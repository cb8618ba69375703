package dev.withal;

import dev.withal.internal.Held;
import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** How one run is told of the end of the process, and how much time there is then. */
final class Shutdown {
  /** How many threads ask at the same time, at most: of the platform, and virtual ones. */
  private static final int PLATFORM_THREADS = 8;

  private static final int VIRTUAL_THREADS = 200;

  /** Those of the runs that are under way. */
  private static final List<Shutdown> RUNS = new CopyOnWriteArrayList<>();

  /** By when the exits that begin now are to be done; null unless the process ends. */
  private static volatile @Nullable Instant deadline;

  final Duration grace;
  private final CompletableFuture<Void> told = new CompletableFuture<>();
  private volatile @Nullable Thread main;
  private volatile boolean isTold;

  // Guarded by this: the longest that was asked for; null if nobody waits to be told.
  private @Nullable Duration drain;

  Shutdown(Duration grace) {
    this.grace = grace;
  }

  /** The run is under way. */
  void begin() {
    RUNS.add(this);
  }

  /** The run has ended. */
  void end() {
    RUNS.remove(this);
    if (RUNS.isEmpty()) {
      deadline = null;
    }
  }

  /** The calling thread is the run's main one. */
  void isOnMain() {
    main = Thread.currentThread();
  }

  /** {@return the calling thread if a run is under way, whose main it may be; else null} */
  static @Nullable Thread opener() {
    return Held.isOn() && !RUNS.isEmpty() ? Thread.currentThread() : null;
  }

  /** {@return whether another run is under way as well} */
  boolean isOneOfSeveral() {
    return RUNS.size() > 1;
  }

  /** {@return whether a thread is the main one of another run, whose hook cares for it} */
  boolean isMainOfAnother(@Nullable Thread thread) {
    return thread != null && RUNS.stream().anyMatch(run -> run != this && run.main == thread);
  }

  /** {@return whether the process was told to end} */
  boolean isTold() {
    return isTold;
  }

  /**
   * {@return a stage that completes when the process is told to end} From then on uses go on for
   * some time, in the runs that the calling thread may belong to: its own if it is a main thread,
   * else all.
   */
  static CompletableFuture<Void> until(Duration drain) {
    List<Shutdown> runs = RUNS.stream().filter(run -> run.main == Thread.currentThread()).toList();
    runs = runs.isEmpty() ? List.copyOf(RUNS) : runs;
    if (runs.isEmpty()) {
      throw new IllegalStateException(
          "untilShutdown was called outside of Async.run, which is what tells of a shutdown");
    }
    for (Shutdown run : runs) {
      run.letDrain(drain);
    }
    return runs.getFirst().told.copy();
  }

  private synchronized void letDrain(Duration time) {
    if (time.compareTo(grace) >= 0) {
      throw new IllegalArgumentException(
          "a drain time of "
              + time
              + " leaves no time for exits: give Async.run a grace period of more than that, instead"
              + " of "
              + grace);
    }
    if (drain == null || drain.compareTo(time) < 0) {
      drain = time;
    }
  }

  /** The process was told to end. {@return for how long uses go on} */
  Duration tell(Instant end) {
    Instant other = deadline;
    deadline = other == null || end.isBefore(other) ? end : other;
    Duration time;
    synchronized (this) {
      isTold = true;
      time = drain;
    }
    if (time == null) {
      told.complete(null);
      return Duration.ZERO;
    }
    // Code of others may follow, which must not hold up this thread.
    Time.current().startPlatform("withal-told", () -> told.complete(null));
    return time;
  }

  /** {@return whether the process ends, so that more than one thread may exit the same} */
  static boolean isUnderWay() {
    return deadline != null;
  }

  /** {@return the case as an exit is told it that begins now} */
  static ExitCase bounded(ExitCase how) {
    Instant end = deadline;
    return end == null ? how : how.by(end);
  }

  /**
   * Asks uses to end, all at once: what one of them does on the asking thread holds up no other,
   * and neither do virtual threads that compute.
   */
  static void ask(Collection<? extends RequestFuture<?>> uses, Throwable reason) {
    Queue<RequestFuture<?>> open = new ConcurrentLinkedQueue<>(uses);
    Runnable asking =
        () -> {
          for (var use = open.poll(); use != null; use = open.poll()) {
            use.ask(RequestFuture.Request.failure(reason));
          }
        };
    Time time = Time.current();
    for (int i = 0; i < Math.min(uses.size(), PLATFORM_THREADS); i++) {
      time.startPlatform("withal-asks", asking);
    }
    for (int i = PLATFORM_THREADS; i < Math.min(uses.size(), VIRTUAL_THREADS); i++) {
      time.start("withal-asks", asking);
    }
  }
}
