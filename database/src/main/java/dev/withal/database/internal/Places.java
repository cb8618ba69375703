package dev.withal.database.internal;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The places of a pool, one for each connection that may be in use, and the queue of those who wait
 * for one.
 *
 * <p>Design: the pool behind it is asked for a connection only by who has a place, so nobody ever
 * waits in its queue: in that of r2dbc-pool a cancellation has lost connections, and in HikariCP's
 * it takes a thread and an interruption to end the wait. To wait here holds nothing: who gives up
 * leaves the queue at once. Futures are completed outside of the lock, since what follows is
 * somebody else's code.
 *
 * <p>A thread that waits in direct style can't give back what it holds. Where every place is held
 * by such a thread, all of them wait for one another, and the last one is told so.
 */
public final class Places {
  private static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);

  private final String pool;
  private final Limits limits;
  private final Function<String, ? extends Exception> exhausted;
  private final ReentrantLock lock = new ReentrantLock();

  /** Those who have a place, the one first who has had it longest: few, so a list will do. */
  private final List<Place> taken = new ArrayList<>();

  /** Those of them whose connection has not come before their context exited. */
  private final Set<Place> late = new HashSet<>(0);

  private final Set<Place> waiting = new LinkedHashSet<>();

  /**
   * The threads that wait in direct style: there may be thousands, and each enter asks for some.
   */
  private final Set<Thread> waitingThreads = new HashSet<>();

  private @Nullable CompletableFuture<@Nullable Void> closing;

  /**
   * How many places there are, and how long they are waited for.
   *
   * @param size how many there are
   * @param maxWaiting how many may wait for one at the same time
   * @param enterTimeout how long one is waited for
   */
  public record Limits(int size, int maxWaiting, Duration enterTimeout) {}

  /**
   * Makes the places of one pool.
   *
   * @param pool what messages call the pool
   * @param limits how many places there are, and how long they are waited for
   * @param exhausted makes of a message what says that no place can be had; called under the lock
   */
  public Places(String pool, Limits limits, Function<String, ? extends Exception> exhausted) {
    this.pool = pool;
    this.limits = limits;
    this.exhausted = exhausted;
  }

  /**
   * {@return a stage of a place, which fails if it can't be had}
   *
   * @param name who takes it, for messages
   * @param blocked the thread that waits for it and then holds it, in direct style; null if no
   *     thread is known to
   */
  public CompletionStage<? extends AsyncContext<Place>> enterAsync(
      String name, @Nullable Thread blocked) {
    var place = new Place(this, name, blocked);
    Exception refusal = null;
    lock.lock();
    try {
      if (closing != null) {
        refusal = new IllegalStateException(pool + " is closed: use it inside its body only");
      } else if (taken.size() < limits.size() && waiting.isEmpty()) {
        taken.add(place);
        place.taken().complete(place);
        return place.taken();
      } else if (waiting.size() >= limits.maxWaiting()) {
        refusal = refused(name, limits.maxWaiting() + " wait for one already, which is the limit");
      } else {
        add(place);
        if (isNested(place) && allWaitForOneAnother()) {
          remove(place);
          refusal = nested(place);
        }
      }
    } finally {
      lock.unlock();
    }
    return refusal == null ? waitFor(place) : CompletableFuture.failedStage(refusal);
  }

  /** {@return a use of core's, which a caller who gives up asks to end} */
  private CompletionStage<Place> waitFor(Place place) {
    return AsyncContextManager.<Place>of(
            () -> CompletableFuture.completedStage(place),
            (_, how) -> {
              if (how.error() != null) {
                // Guard against race with who makes room: it may be taken by now.
                leave(place);
              }
              return Verdict.PROPAGATE.now();
            })
        .grace(UNBOUNDED)
        .useAsync((_, cancellation) -> {
          CompletableFuture<Void> limit = Async.sleepAsync(limits.enterTimeout());
          limit.thenRun(() -> giveUp(place, null));
          // To cancel it would make an exception for each who waits, with a stack trace.
          place.taken().whenComplete((_, _) -> limit.complete(null));
          cancellation.onRequest(reason -> giveUp(place, reason));
          return place.taken();
        });
  }

  /** Ends a wait: for a reason of the caller's, or because it has lasted too long. */
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
        error = refused(place.name(), "none came free within " + limits.enterTimeout());
      }
    } finally {
      lock.unlock();
    }
    place.taken().completeExceptionally(error);
  }

  /** Gives a place to who has waited longest; does nothing if it isn't taken. */
  void leave(Place place) {
    passOn(place).run();
  }

  /** Does so but for telling. {@return what tells whom it concerns, to run outside of the lock} */
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
          told = () -> next.taken().complete(next);
        } else {
          told = emptyIfClosing();
        }
      }
    } finally {
      lock.unlock();
    }
    return told;
  }

  /** Has the pool's exit not wait for a place whose connection is still on its way. */
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
   * {@return a stage that completes when no place is taken, but for those that were given up} Who
   * comes and who waits is refused.
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
      place
          .taken()
          .completeExceptionally(
              new IllegalStateException(
                  pool + " was closed while " + place.name() + " waited for a connection"));
    }
    return empty;
  }

  /** {@return how many places are taken} */
  public int inUse() {
    lock.lock();
    try {
      return taken.size();
    } finally {
      lock.unlock();
    }
  }

  /** {@return how many wait for a place} */
  public int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** {@return the names of who has a place, the one first who has had it longest} */
  public List<String> holders() {
    lock.lock();
    try {
      return taken.stream().map(Place::name).toList();
    } finally {
      lock.unlock();
    }
  }

  // ---- what is told, under the lock ------------------------------------------------------------

  /** Whether its thread holds another one: only then may it be the last that all wait for. */
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

  private Exception nested(Place place) {
    Thread own = Objects.requireNonNull(place.blocked());
    long held = taken.stream().filter(other -> other.blocked() == own).count();
    return refused(
        place.name(),
        "none can come free, as each is held by a body that waits for another one, and this thread"
            + " holds "
            + held
            + ": pass the connection on instead of entering a second one, or make the pool larger");
  }

  private Exception refused(String name, String why) {
    String holders =
        taken.stream()
            .collect(groupingBy(Place::name, TreeMap::new, counting()))
            .entrySet()
            .stream()
            .map(holder -> holder.getKey() + " (" + holder.getValue() + ")")
            .collect(joining(", "));
    return exhausted.apply(
        "%s got no connection of %s: %s; %d of %d are in use, by %s; %d wait"
            .formatted(name, pool, why, taken.size(), limits.size(), holders, waiting.size()));
  }
}
