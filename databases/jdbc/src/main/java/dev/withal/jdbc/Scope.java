package dev.withal.jdbc;

import dev.withal.Async;
import dev.withal.ExitCase;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A context's share of a connection: the calls under way, the open statements, and the transactions
 * that foreign code has begun by hand inside its own.
 *
 * <p>Design: a cancelled body may have left a thread behind. A statement that this thread sends
 * after a rollback would take effect on its own, and one that it sends after the connection went
 * back, in a stranger's transaction. So each call is made inside the scope. The exit closes the
 * scope, cancels the running calls unless the body succeeded, and continues when no call is inside
 * any more. A call inside a nested scope is inside the outer one as well. So are the enter and the
 * exit of a nested scope's context, which may come late: these are awaited but not cancelled.
 */
final class Scope {
  private final String name;
  private final Session session;
  private final @Nullable Scope around;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<DriverCall> calls = Collections.newSetFromMap(new IdentityHashMap<>(2));
  private final OpenStatements open = new OpenStatements();

  /** The one that began last comes last, and ends before the others. */
  private final List<Nesting> nestings = new ArrayList<>(0);

  private final CompletableFuture<@Nullable Void> empty = new CompletableFuture<>();
  private int steps;
  private boolean closed;
  private volatile boolean closedByHand;

  /**
   * @param name the name of the context, for messages
   * @param session the session on which the calls are made
   */
  Scope(String name, Session session) {
    this(name, session, null);
  }

  private Scope(String name, Session session, @Nullable Scope around) {
    this.name = name;
    this.session = session;
    this.around = around;
  }

  /**
   * {@return a scope inside this one}
   *
   * @param inner the name of its context, for messages
   */
  Scope inside(String inner) {
    return new Scope(inner, session, this);
  }

  /** Records that the connection's user closes it, as with plain JDBC. */
  void closesByHand() {
    closedByHand = true;
  }

  boolean isClosedByHand() {
    return closedByHand;
  }

  String name() {
    return name;
  }

  /**
   * Makes a call to the driver, and waits for it.
   *
   * @param statement the statement that runs; null if the call runs nothing that can be cancelled
   */
  @Nullable Object call(@Nullable Statement statement, Callable<?> call) throws SQLException {
    Async.refuseEventLoop("a call to the driver", "Jdbc.callAsync");
    DriverCall begun = begin(statement, call);
    return session.isCalledHere() ? begun.here() : begun.await();
  }

  /** Admits a call, which must be made then. */
  private DriverCall begin(@Nullable Statement statement, Callable<?> call) throws SQLException {
    var begun = new DriverCall(name, session, statement, call);
    admit(begun);
    return begun;
  }

  /** Admits a call that has not begun. */
  private void admit(DriverCall call) throws SQLException {
    lock.lock();
    try {
      requireOpen();
      calls.add(call);
    } finally {
      lock.unlock();
    }
    if (around != null) {
      try {
        around.admit(call);
      } catch (Throwable refused) {
        ended(call);
        throw refused;
      }
    }
    call.ended().whenComplete((ignored, unused) -> ended(call));
  }

  private void ended(DriverCall call) {
    boolean last;
    lock.lock();
    try {
      calls.remove(call);
      last = closed && isEmpty();
    } finally {
      lock.unlock();
    }
    if (last) {
      empty.complete(null);
    }
  }

  private boolean isEmpty() {
    return calls.isEmpty() && steps == 0;
  }

  /**
   * Enters a context inside this scope, whose exit awaits that.
   *
   * @param enter the calls to the driver that enter the context; not made after the exit
   */
  <R extends @Nullable Object> R enter(Callable<R> enter) throws Exception {
    requireOpen();
    if (!stays()) {
      // Guard against race with the exit, which has begun since.
      throw hasEnded();
    }
    try {
      return enter.call();
    } finally {
      leaves();
    }
  }

  /**
   * Exits this scope's context inside the scope around it, whose exit awaits that.
   *
   * @param exit the calls to the driver that exit the context
   * @param outlived the end of a context around which the other one has exited: the connection may
   *     have another user, so it makes no calls
   */
  <R> R exit(Callable<R> exit, Callable<R> outlived) throws Exception {
    if (around == null) {
      return exit.call();
    }
    if (!around.stays()) {
      return outlived.call();
    }
    try {
      return exit.call();
    } finally {
      around.leaves();
    }
  }

  /** Keeps the exit of this scope and of those around it waiting. {@return false if one began} */
  private boolean stays() {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      steps++;
    } finally {
      lock.unlock();
    }
    if (around != null && !around.stays()) {
      leavesThis();
      return false;
    }
    return true;
  }

  private void leaves() {
    leavesThis();
    if (around != null) {
      around.leaves();
    }
  }

  private void leavesThis() {
    boolean last;
    lock.lock();
    try {
      steps--;
      last = closed && isEmpty();
    } finally {
      lock.unlock();
    }
    if (last) {
      empty.complete(null);
    }
  }

  void opened(Statement statement) {
    if (around != null) {
      around.opened(statement);
    }
    open.add(statement);
  }

  void closed(Statement statement) {
    if (around != null) {
      around.closed(statement);
    }
    open.remove(statement);
  }

  void began(Nesting nesting) {
    locked(() -> nestings.add(nesting));
  }

  void ended(Nesting nesting) {
    locked(() -> nestings.remove(nesting));
  }

  /** Rolls back transactions begun by hand and not ended, as nobody has asked to commit them. */
  void rollBackNested() throws SQLException {
    for (Nesting nesting : locked(() -> List.copyOf(nestings)).reversed()) {
      nesting.rollBack();
    }
  }

  /** Records that the transaction is rolled back, and the hand-made ones inside it with it. */
  void forgetNested() {
    locked(() -> List.copyOf(nestings)).forEach(Nesting::forget);
  }

  /** Refuses calls after the exit. */
  void requireOpen() throws SQLException {
    if (!isClosedHere()) {
      if (around != null) {
        around.requireOpen();
      }
      return;
    }
    if (closedByHand) {
      throw new SQLNonTransientConnectionException(
          "the connection of " + name + " is closed: take another one", "08003");
    }
    throw hasEnded();
  }

  private IllegalStateException hasEnded() {
    return new IllegalStateException(name + " has ended: use its connection in the body only");
  }

  boolean isClosed() {
    return isClosedHere() || (around != null && around.isClosed());
  }

  private boolean isClosedHere() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Cancels the running calls. */
  void stop() {
    locked(() -> List.copyOf(calls)).forEach(DriverCall::stop);
  }

  /**
   * Admits no more calls, and cancels the running ones unless the body succeeded. {@return a future
   * that completes when no call runs}
   */
  CompletableFuture<@Nullable Void> close(ExitCase how) {
    List<DriverCall> running;
    boolean isEmpty;
    lock.lock();
    try {
      closed = true;
      running = List.copyOf(calls);
      isEmpty = isEmpty();
    } finally {
      lock.unlock();
    }
    if (isEmpty) {
      empty.complete(null);
    } else if (how.error() != null) {
      running.forEach(DriverCall::stop);
    }
    return empty;
  }

  boolean hasStatements() {
    return !open.all().isEmpty();
  }

  /**
   * Closes the statements that are still open; blocks. Those of an aborted connection are closed
   * already.
   */
  void closeStatements() throws SQLException {
    if (session.isAborted()) {
      return;
    }
    // The contexts around would keep them until they exit.
    open.close(this::closed);
  }

  /** Does the same, and says of a failure that the transaction is over. */
  void closeStatementsAfterTransaction() throws SQLException {
    try {
      closeStatements();
    } catch (Throwable error) {
      throw new AfterTransactionException(name, "its statements could not be closed", error);
    }
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
