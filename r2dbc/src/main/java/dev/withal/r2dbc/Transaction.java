package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import io.r2dbc.spi.Connection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A transaction on one connection.
 *
 * <p>Design: drivers skip the begin of a transaction within a transaction without a word, and the
 * inner commit would then commit the outer one's work. So the connections that are in a transaction
 * of ours are known, and a second one is refused.
 *
 * <p>The exit is a stack of four steps, each of which sees the case as the one before left it: a
 * commit that fails is followed by a rollback. Auto-commit is restored only if the transaction is
 * over: to turn it on would commit what could not be rolled back.
 */
final class Transaction implements AsyncContext<Connection> {
  private static final Set<Connection> IN_TRANSACTION =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  private final Connection connection;
  private final boolean autoCommit;
  private volatile boolean over;

  private Transaction(Connection connection, boolean autoCommit) {
    this.connection = connection;
    this.autoCommit = autoCommit;
  }

  static AsyncContextManager<Connection> manager(Connection connection) {
    AsyncContextManager<Connection> manager = () -> begin(connection);
    return manager.named("R2dbc.transaction");
  }

  private static CompletionStage<Transaction> begin(Connection connection) {
    if (!IN_TRANSACTION.add(connection)) {
      return CompletableFuture.failedStage(
          new IllegalStateException(
              "this connection is in a transaction already: end that one first, or use another"
                  + " connection"));
    }
    CompletableFuture<Transaction> begun;
    try {
      var transaction = new Transaction(connection, connection.isAutoCommit());
      begun = Consumption.toEnd(connection.beginTransaction()).thenApply(_ -> transaction);
    } catch (Throwable error) {
      begun = CompletableFuture.failedFuture(error);
    }
    return begun
        .whenComplete((_, error) -> {
          if (error != null) {
            IN_TRANSACTION.remove(connection);
          }
        })
        .minimalCompletionStage();
  }

  @Override
  public Connection value() {
    return connection;
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    var lastFirst = AsyncExitStack.open();
    lastFirst.push(this::leave);
    lastFirst.push(this::restoreAutoCommit);
    lastFirst.push(this::rollbackFailure);
    lastFirst.push(this::commitSuccess);
    return lastFirst.exitAsync(how);
  }

  private CompletionStage<Verdict> commitSuccess(ExitCase how) {
    return how.error() == null
        ? Consumption.toEnd(connection.commitTransaction()).thenApply(_ -> isOver())
        : Verdict.PROPAGATE.now();
  }

  private CompletionStage<Verdict> rollbackFailure(ExitCase how) {
    return how.error() == null
        ? Verdict.PROPAGATE.now()
        : Consumption.toEnd(connection.rollbackTransaction()).thenApply(_ -> isOver());
  }

  private Verdict isOver() {
    over = true;
    return Verdict.PROPAGATE;
  }

  private CompletionStage<Verdict> restoreAutoCommit(ExitCase how) {
    return !over || connection.isAutoCommit() == autoCommit
        ? Verdict.PROPAGATE.now()
        : Consumption.toEnd(connection.setAutoCommit(autoCommit)).thenApply(_ -> Verdict.PROPAGATE);
  }

  private CompletionStage<Verdict> leave(ExitCase how) {
    IN_TRANSACTION.remove(connection);
    return Verdict.PROPAGATE.now();
  }
}
