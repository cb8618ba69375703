package dev.withal.leases.internal;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.leases.Lease;
import dev.withal.leases.Leases;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Leases in an engine, kept for as long as they are held.
 *
 * <p>Design: a lock and a plain map, rather than a concurrent one that computes: up to JDK 23 that
 * would hold the carriers of virtual threads while one of them waits for its keeper.
 */
public final class EngineLeases implements Leases {
  private static final int LONGEST_NAME = 1000;

  private final Engine engine;

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock. One of each term that has leases; an empty one is taken out at once. */
  private final Map<Object, Keeper> keepers = new HashMap<>();

  /**
   * Leases in an engine.
   *
   * @param engine the engine
   */
  public EngineLeases(Engine engine) {
    this.engine = engine;
  }

  @Override
  public AsyncContextManager<Lease> lease(String name) {
    requireAllowed(Objects.requireNonNull(name, "name"));
    return new Manager(this, name);
  }

  private static void requireAllowed(String name) {
    boolean ofRightLength = !name.isEmpty() && name.length() <= LONGEST_NAME;
    boolean readable =
        name.codePoints()
            .noneMatch(point ->
                point == 0
                    || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE));
    if (!ofRightLength || !readable) {
      throw new IllegalArgumentException(
          "the name of this lease isn't allowed: take 1 to "
              + LONGEST_NAME
              + " characters, without NUL and unpaired surrogates");
    }
  }

  private AsyncContext<Lease> acquire(String name) throws Exception {
    Grant grant = engine.acquire(name);
    var lease = new HeldLease(this, grant, engine.clock());
    keep(lease);
    grant.gone().thenAccept(lease::lose);
    return lease;
  }

  private void keep(HeldLease lease) {
    Term term = lease.grant().term();
    lock.lock();
    try {
      keepers.computeIfAbsent(term.id(), id -> new Keeper(engine, term)).add(lease);
    } finally {
      lock.unlock();
    }
  }

  /** Stops keeping a lease. */
  void forget(HeldLease lease) {
    Object term = lease.grant().term().id();
    lock.lock();
    try {
      Keeper keeper = keepers.get(term);
      if (keeper != null && !keeper.remove(lease)) {
        keepers.remove(term);
      }
    } finally {
      lock.unlock();
    }
  }

  Engine engine() {
    return engine;
  }

  @Override
  public String toString() {
    return engine.name();
  }

  /** Its enter has a virtual thread, which is interrupted if the enter is given up. */
  private record Manager(EngineLeases leases, String name) implements AsyncContextManager<Lease> {
    @Override
    public CompletionStage<AsyncContext<Lease>> enterAsync() {
      return Async.callAsync(() -> leases.acquire(name));
    }

    @Override
    public String toString() {
      return "lease " + name;
    }
  }
}
