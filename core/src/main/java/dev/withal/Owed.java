package dev.withal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The contexts that are entered and not exited yet, kept only while an {@link Async#run} is under
 * way: when the process is told to end, these are what it still owes.
 */
final class Owed {

  /**
   * A context and who exits it.
   *
   * @param owner the use that does, in stage style
   * @param thread the thread that entered it, and in direct style exits it
   */
  record Debt(AsyncContext<?> context, @Nullable RequestFuture<?> owner, Thread thread) {}

  /** Contexts may be equal and yet be two. */
  private record Identity(AsyncContext<?> context) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Identity identity && identity.context == context;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(context);
    }
  }

  private static final AtomicInteger RUNS = new AtomicInteger();

  // Guarded by itself; in the order of the enters.
  private static final Map<Identity, Debt> DEBTS = new LinkedHashMap<>();

  private Owed() {}

  /** Whether an {@link Async#run} is under way. */
  static boolean isKept() {
    return RUNS.getOpaque() > 0;
  }

  static void begin() {
    RUNS.incrementAndGet();
  }

  static void end() {
    if (RUNS.decrementAndGet() == 0) {
      synchronized (DEBTS) {
        DEBTS.clear();
      }
    }
  }

  /** A context that the calling thread will exit. */
  static void add(AsyncContext<?> context) {
    if (isKept()) {
      keep(new Debt(context, null, Thread.currentThread()));
    }
  }

  /** A context that a use will exit. */
  static void add(AsyncContext<?> context, RequestFuture<?> owner) {
    if (isKept()) {
      keep(new Debt(context, owner, Thread.currentThread()));
    }
  }

  private static void keep(Debt debt) {
    synchronized (DEBTS) {
      DEBTS.putIfAbsent(new Identity(debt.context), debt);
    }
  }

  static void remove(AsyncContext<?> context) {
    if (isKept()) {
      synchronized (DEBTS) {
        DEBTS.remove(new Identity(context));
      }
    }
  }

  /** {@return what is owed, the last entered first} */
  static List<Debt> lastFirst() {
    synchronized (DEBTS) {
      return new ArrayList<>(DEBTS.values()).reversed();
    }
  }
}
