package dev.withal.examples.ingest;

import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.leases.Lease;
import dev.withal.leases.LeaseLostException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One load at a time, among all processes that name the same store and the same table.
 *
 * @param store where the leases are kept
 * @param table the name of the table
 * @param timeout how long after its last sign of life a process loses its turn to another one
 * @param whenTaken what to do while another process loads
 * @param notices takes a sentence for the one who runs the program
 */
record ExclusiveTurns(
    LeaseStore store, String table, Duration timeout, WhenTaken whenTaken, Consumer<String> notices)
    implements Turns {

  /** What to do while another process loads. */
  enum WhenTaken {
    WAIT,
    SKIP
  }

  /** Enough for a store to answer that a lease is free. */
  private static final Duration FREE_WITHIN = Duration.ofSeconds(2);

  private static final long NOT_LOADED = -1;

  @Override
  public long take(Load load) throws Exception {
    var loaded = new AtomicLong(NOT_LOADED);
    try {
      AsyncExitStack.manager()
          .named(Names.TURN)
          .<Exception>run(stack -> {
            LeaseStore.Opened opened = store.open(stack, timeout);
            Lease lease = lease(stack, opened.leases().lease("ingest/" + table).named(Names.LEASE));
            loaded.set(load(load, new LeasedTurn(lease, opened.pool(), timeout.multipliedBy(2))));
          });
    } catch (Exception failure) {
      if (loaded.get() == NOT_LOADED) {
        throw failure;
      }
      // The rows are there; the lease is free by itself after its timeout.
      notices.accept("and then: " + Messages.hidden(String.valueOf(failure.getMessage())));
    }
    return loaded.get();
  }

  /** A load may fail as its lease was lost, before that has been noticed here. */
  private static long load(Load load, LeasedTurn turn) throws Exception {
    try {
      return load.in(turn);
    } catch (InterruptedException | LeaseLostException told) {
      throw told;
    } catch (Exception failure) {
      try {
        turn.lease().token();
      } catch (LeaseLostException lost) {
        lost.addSuppressed(failure);
        throw lost;
      }
      throw failure;
    }
  }

  private Lease lease(AsyncExitStack stack, AsyncContextManager<Lease> lease)
      throws SkippedException, InterruptedException {
    try {
      return stack.enter(lease.enterTimeout(FREE_WITHIN));
    } catch (Exception failure) {
      if (!(failure instanceof TimeoutException)) {
        throw failure;
      }
    }
    if (whenTaken == WhenTaken.SKIP) {
      throw new SkippedException(
          "skipped: another process is loading into " + table + ", so nothing was loaded here");
    }
    notices.accept("another process is loading into " + table + ": waiting for its end");
    return stack.enter(lease);
  }
}
