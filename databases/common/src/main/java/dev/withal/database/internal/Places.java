package dev.withal.database.internal;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import dev.withal.database.Holder;
import dev.withal.database.PoolListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The places of a pool, one for each connection that may be in use, and the queue of callers that
 * wait for one.
 *
 * <p>Design: only the holder of a place asks the pool behind it for a connection, so nobody ever
 * waits in that pool's queue: in the one of r2dbc-pool a cancellation has lost connections, and in
 * HikariCP's, ending the wait takes a thread and an interruption. Waiting here holds nothing: a
 * caller that gives up leaves the queue immediately. Futures are completed outside of the lock,
 * since foreign code follows.
 *
 * <p>A thread that waits in direct style can't give back what it holds. If every place is held by
 * such a thread, all of them wait for one another, and the last one gets an error that says so.
 */
public final class Places {
  private static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);

  /** The name of a wait for a place, where contexts are shown. */
  private final String waitName;

  private final Limits limits;
  private final Refusals refusals;
  private final ReentrantLock lock = new ReentrantLock();
  private final Listeners listeners;

  /** The taken places, the one held longest first; a list is enough, as they are few. */
  private final List<Place> taken = new ArrayList<>();

  /** Those of them whose connection had not come before their context exited. */
  private final Set<Place> late = new HashSet<>(0);

  private final Set<Place> waiting = new LinkedHashSet<>();

  /**
   * The threads that wait in direct style; a set, as there may be thousands and each enter looks
   * some up.
   */
  private final Set<Thread> waitingThreads = new HashSet<>();

  private @Nullable CompletableFuture<@Nullable Void> closing;

  /**
   * The number of places, and the bounds on waiting for one.
   *
   * @param size the number of places
   * @param maxWaiting the maximum number of callers that wait at the same time
   * @param enterTimeout how long a caller waits
   */
  public record Limits(int size, int maxWaiting, Duration enterTimeout) {}

  /**
   * Creates the places of one pool.
   *
   * @param pool the pool's name, for messages
   * @param limits the number of places, and the bounds on waiting
   * @param exhausted makes the error from a message that says why no place can be had; called under
   *     the lock
   */
  public Places(String pool, Limits limits, Function<String, ? extends Exception> exhausted) {
    this.waitName = "place of " + pool;
    this.limits = limits;
    this.refusals = new Refusals(pool, limits, exhausted);
    this.listeners = new Listeners(pool);
  }

  /** {@return the listeners of the pool} */
  public Listeners listeners() {
    return listeners;
  }

  /**
   * {@return the position of the calling thread in foreign code; null unless contexts are watched}
   */
  @Nullable String site() {
    return refusals.site();
  }

  /** {@return the number of places} */
  public int size() {
    return limits.size();
  }

  /**
   * {@return a stage of a place, which fails if it can't be had}
   *
   * @param name the name of the holder, for messages
   * @param blocked the thread that waits for the place and then holds it, in direct style; null if
   *     no thread is known to
   */
  public CompletionStage<? extends AsyncContext<Place>> enterAsync(
      String name, @Nullable Thread blocked) {
    var place = new Place(this, name, blocked);
    Exception refusal = null;
    lock.lock();
    try {
      if (closing != null) {
        refusal = refusals.closed();
      } else if (taken.size() < limits.size() && waiting.isEmpty()) {
        taken.add(place);
        place.taken().complete(place);
        return place.taken();
      } else if (waiting.size() >= limits.maxWaiting()) {
        refusal = refusals.crowded(place, taken, waiting.size());
      } else {
        add(place);
        if (isNested(place) && allWaitForOneAnother()) {
          remove(place);
          refusal = refusals.nested(place, taken, waiting.size());
        }
      }
    } finally {
      lock.unlock();
    }
    return refusal == null ? waitFor(place) : CompletableFuture.failedStage(refusal);
  }

  /** {@return a use of core's, which a caller cancels in order to give up} */
  private CompletionStage<Place> waitFor(Place place) {
    return AsyncContextManager.<Place>of(
            () -> CompletableFuture.completedStage(place),
            (ignored, how) -> {
              if (how.error() != null) {
                // Guard against race with a thread that leaves a place: this one may be taken by
                // now.
                leave(place);
              }
              return Verdict.PROPAGATE.now();
            })
        .named(waitName)
        .grace(UNBOUNDED)
        .useAsync((ignored, cancellation) -> {
          CompletableFuture<Void> limit = Async.sleepAsync(limits.enterTimeout());
          limit.thenRun(() -> giveUp(place, null));
          // Cancelling it would create an exception with a stack trace for each waiting caller.
          place.taken().whenComplete((unused, ignoredToo) -> limit.complete(null));
          cancellation.onRequest(reason -> giveUp(place, reason));
          return place.taken();
        });
  }

  /** Ends a wait, for a reason of the caller's or because it has lasted too long. */
  private void giveUp(Place place, @Nullable Throwable reason) {
    if (place.taken().isDone()) {
      return;
    }
    Throwable error = reason;
    lock.lock();
    try {
      if (!remove(place)) {
        return;
      }
      if (error == null) {
        error = refusals.late(place, taken, waiting.size());
      }
    } finally {
      lock.unlock();
    }
    if (reason == null) {
      listeners.tell(PoolListener::timedOut);
    }
    place.taken().completeExceptionally(error);
  }

  /** Gives a place to the caller that has waited longest; does nothing if it isn't taken. */
  void leave(Place place) {
    passOn(place).run();
  }

  /** Does so without telling anyone. {@return an action that tells, to run outside of the lock} */
  Runnable passOn(Place place) {
    Runnable told = () -> {};
    lock.lock();
    try {
      if (taken.remove(place)) {
        place.markLeft();
        if (!late.isEmpty()) {
          late.remove(place);
        }
        Place next = first();
        if (next != null) {
          taken.add(next);
          next.takenAfterWaiting();
          told = () -> next.taken().complete(next);
        } else {
          told = emptyIfClosing();
        }
        if (listeners.areThere()) {
          told = andUsage(told, place);
        }
      }
    } finally {
      lock.unlock();
    }
    return told;
  }

  private static Runnable andUsage(Runnable told, Place place) {
    return () -> {
      told.run();
      place.tellUsage();
    };
  }

  /** Frees the pool's exit from waiting for a place whose connection is still on its way. */
  void giveUp(Place place) {
    Runnable told = () -> {};
    lock.lock();
    try {
      // Guard against race with the connection: it may have come, and be back by now.
      if (taken.contains(place)) {
        late.add(place);
        told = emptyIfClosing();
      }
    } finally {
      lock.unlock();
    }
    told.run();
  }

  private Runnable emptyIfClosing() {
    CompletableFuture<@Nullable Void> last = closing;
    return last != null && taken.size() == late.size() ? () -> last.complete(null) : () -> {};
  }

  private void add(Place place) {
    waiting.add(place);
    if (place.blocked() != null) {
      waitingThreads.add(place.blocked());
    }
  }

  private boolean remove(Place place) {
    waitingThreads.remove(place.blocked());
    return waiting.remove(place);
  }

  private @Nullable Place first() {
    if (waiting.isEmpty()) {
      return null;
    }
    Place first = waiting.iterator().next();
    remove(first);
    return first;
  }

  /**
   * {@return a stage that completes when no place is taken, except for those that were given up}
   * Callers that wait or come later are refused.
   */
  public CompletionStage<@Nullable Void> close() {
    var empty = new CompletableFuture<@Nullable Void>();
    List<Place> refused;
    lock.lock();
    try {
      closing = empty;
      refused = new ArrayList<>(waiting);
      waiting.clear();
      waitingThreads.clear();
      if (taken.size() == late.size()) {
        empty.complete(null);
      }
    } finally {
      lock.unlock();
    }
    for (Place place : refused) {
      place.taken().completeExceptionally(refusals.closedMeanwhile(place));
    }
    return empty;
  }

  /** {@return the number of places that are taken} */
  public int inUse() {
    lock.lock();
    try {
      return taken.size();
    } finally {
      lock.unlock();
    }
  }

  /** {@return the number of callers that wait for a place} */
  public int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** {@return the holders of places, the one first that has had its place longest} */
  public List<Holder> holders() {
    lock.lock();
    try {
      return taken.stream().map(Place::holder).toList();
    } finally {
      lock.unlock();
    }
  }

  // ---- messages, made under the lock ------------------------------------------------------------

  /**
   * Whether its thread holds another one: only then it may be the last that all others wait for.
   */
  private boolean isNested(Place place) {
    if (place.blocked() != null) {
      for (Place held : taken) {
        if (held.blocked() == place.blocked()) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean allWaitForOneAnother() {
    return late.isEmpty() && taken.stream().allMatch(held -> waits(held.blocked()));
  }

  private boolean waits(@Nullable Thread thread) {
    return thread != null && waitingThreads.contains(thread);
  }
}
