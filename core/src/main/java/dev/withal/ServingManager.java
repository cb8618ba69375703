package dev.withal;

import dev.withal.internal.Site;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An executor for as long as a body runs.
 *
 * <p>Design: its exit may not be cut short by an interruption that somebody sends to the thread, so
 * it waits on, and leaves the flag set.
 */
record ServingManager<E extends ExecutorService>(Callable<? extends E> open, Duration patience)
    implements ContextManager<E> {

  ServingManager {
    Site.note(open);
  }

  @Override
  public Context<E> enter() throws Exception {
    return new Serving<>(
        this, Objects.requireNonNull(open.call(), "open returned null instead of an executor"));
  }

  @Override
  public String toString() {
    return "executor" + Site.of(open);
  }

  private record Serving<E extends ExecutorService>(ServingManager<E> manager, E value)
      implements Context<E> {

    @Override
    public Verdict exit(ExitCase how) throws TimeoutException {
      value.shutdown();
      // Those that have to be interrupted need some of what a deadline leaves.
      Duration patience = shorter(manager.patience, how.timeLeft().dividedBy(2));
      if (how.succeeded() && hasEnded(patience)) {
        return Verdict.PROPAGATE;
      }
      List<Runnable> waiting = value.shutdownNow();
      Duration again = shorter(manager.patience, how.timeLeft());
      if (!hasEnded(again)) {
        throw new TimeoutException(
            manager
                + ": tasks took no notice of their interruption within "
                + again
                + ", and still run; "
                + waiting.size()
                + " were never begun");
      }
      if (how.succeeded()) {
        throw new TimeoutException(
            manager
                + ": tasks weren't done within "
                + patience
                + ", so they were interrupted; "
                + waiting.size()
                + " were never begun");
      }
      return Verdict.PROPAGATE;
    }

    private boolean hasEnded(Duration limit) {
      long end = System.nanoTime() + TimeUnit.NANOSECONDS.convert(limit);
      boolean interrupted = false;
      try {
        while (true) {
          try {
            return value.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
          } catch (InterruptedException ignored) {
            interrupted = true;
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private static Duration shorter(Duration one, Duration other) {
      return one.compareTo(other) < 0 ? one : other;
    }
  }
}
