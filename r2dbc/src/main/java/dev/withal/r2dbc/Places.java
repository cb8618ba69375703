package dev.withal.r2dbc;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The places of a pool, one for each connection that may be in use, and the queue of those who wait
 * for one.
 *
 * <p>Design: r2dbc-pool is asked for a connection only by who has a place, so nobody ever waits in
 * its queue, where a cancellation has lost connections. To wait here holds nothing: who gives up
 * leaves the queue at once. Futures are completed outside of the lock, since what follows is
 * somebody else's code.
 *
 * <p>A thread that waits in direct style can't give back what it holds. Where every place is held
 * by such a thread, all of them wait for one another, and the last one is told so.
 */
final class Places {
  private static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);

  private final String pool;
  private final PoolSettings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Place> taken = new LinkedHashSet<>();
  private final Set<Place> waiting = new LinkedHashSet<>();
  private @Nullable CompletableFuture<@Nullable Void> closing;

  Places(String pool, PoolSettings settings) {
    this.pool = pool;
    this.settings = settings;
  }

  /** Begins to take a place. */
  CompletionStage<? extends AsyncContext<Place>> enterAsync(String name, @Nullable Thread blocked) {
    var place = new Place(this, name, blocked);
    RuntimeException refusal = null;
    lock.lock();
    try {
      if (closing != null) {
        refusal = new IllegalStateException(pool + " is closed: use it inside its body only");
      } else if (taken.size() < settings.size() && waiting.isEmpty()) {
        taken.add(place);
        return CompletableFuture.completedFuture(place);
      } else if (waiting.size() >= settings.maxWaiting()) {
        refusal =
            exhausted(name, settings.maxWaiting() + " wait for one already, which is the limit");
      } else {
        waiting.add(place);
        if (allWaitForOneAnother()) {
          waiting.remove(place);
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
          CompletableFuture<Void> limit = Async.sleepAsync(settings.enterTimeout());
          limit.thenRun(() -> giveUp(place, null));
          place.taken().whenComplete((_, _) -> limit.cancel(false));
          cancellation.onRequest(reason -> giveUp(place, reason));
          return place.taken();
        });
  }

  /** Ends a wait: for a reason of the caller's, or because it has lasted too long. */
  private void giveUp(Place place, @Nullable Throwable reason) {
    Throwable error = reason;
    lock.lock();
    try {
      if (!waiting.remove(place)) {
        return;
      }
      if (error == null) {
        error = exhausted(place.name(), "none came free within " + settings.enterTimeout());
      }
    } finally {
      lock.unlock();
    }
    place.taken().completeExceptionally(error);
  }

  /** Gives a place to who has waited longest; does nothing if it isn't taken. */
  void leave(Place place) {
    Place next = null;
    CompletableFuture<@Nullable Void> last = null;
    lock.lock();
    try {
      if (taken.remove(place)) {
        next = first();
        if (next != null) {
          taken.add(next);
        } else if (taken.isEmpty()) {
          last = closing;
        }
      }
    } finally {
      lock.unlock();
    }
    if (next != null) {
      next.taken().complete(next);
    }
    if (last != null) {
      last.complete(null);
    }
  }

  private @Nullable Place first() {
    Iterator<Place> longest = waiting.iterator();
    if (!longest.hasNext()) {
      return null;
    }
    Place first = longest.next();
    longest.remove();
    return first;
  }

  /** Refuses who comes and who waits. {@return a stage that completes when no place is taken} */
  CompletionStage<@Nullable Void> close() {
    var empty = new CompletableFuture<@Nullable Void>();
    List<Place> refused;
    lock.lock();
    try {
      closing = empty;
      refused = new ArrayList<>(waiting);
      waiting.clear();
      if (taken.isEmpty()) {
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

  int inUse() {
    lock.lock();
    try {
      return taken.size();
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  List<String> holders() {
    lock.lock();
    try {
      return taken.stream().map(Place::name).toList();
    } finally {
      lock.unlock();
    }
  }

  // ---- what is told, under the lock
  // --------------------------------------------------------------

  private boolean allWaitForOneAnother() {
    return taken.stream().allMatch(held -> held.blocked() != null && waits(held.blocked()));
  }

  private boolean waits(@Nullable Thread thread) {
    return waiting.stream().anyMatch(place -> place.blocked() == thread);
  }

  private PoolExhaustedException nested(Place place) {
    Thread own = Objects.requireNonNull(place.blocked());
    long held = taken.stream().filter(other -> other.blocked() == own).count();
    return exhausted(
        place.name(),
        "none can come free, as each is held by a body that waits for another one, and this thread"
            + " holds "
            + held
            + ": pass the connection on instead of entering a second one, or make the pool larger");
  }

  private PoolExhaustedException exhausted(String name, String why) {
    String holders =
        taken.stream()
            .collect(groupingBy(Place::name, TreeMap::new, counting()))
            .entrySet()
            .stream()
            .map(holder -> holder.getKey() + " (" + holder.getValue() + ")")
            .collect(joining(", "));
    return new PoolExhaustedException(
        "%s got no connection of %s: %s; %d of %d are in use, by %s; %d wait"
            .formatted(name, pool, why, taken.size(), settings.size(), holders, waiting.size()));
  }
}
