package dev.withal.jdbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The connection of a transaction for foreign code that begins and ends its own transactions by
 * hand.
 */
final class NestedConnection implements AsyncContext<Connection> {
  private static final Executor HERE = Runnable::run;

  private final Session session;
  private final Scope scope;
  private final Nesting nesting;
  private final GuardedConnection value;

  private NestedConnection(GuardedConnection outer, String name) {
    this.session = outer.session();
    this.scope = outer.scope().inside(name);
    this.nesting = new Nesting(session, outer.nesting(), outer.scope());
    this.value = GuardedConnection.nested(session, scope, nesting);
  }

  /** {@return a manager of one more view of a transaction's connection} */
  static AsyncContextManager<Connection> manager(GuardedConnection outer, String name) {
    return () -> {
      try {
        outer.scope().requireOpen();
      } catch (SQLException closed) {
        return CompletableFuture.failedStage(closed);
      }
      return CompletableFuture.completedStage(new NestedConnection(outer, name));
    };
  }

  @Override
  public Connection value() {
    return value.proxy();
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return Ending.of(
        session,
        scope.name(),
        scope
            .close(how)
            .thenCompose(ignored ->
                Calls.startSurely(
                    executorOfEnd(), () -> scope.exit(this::end, () -> Verdict.PROPAGATE))),
        () -> {});
  }

  private Executor executorOfEnd() {
    return nesting.isOpen() || scope.hasStatements() ? session.executor() : HERE;
  }

  private Verdict end() throws SQLException {
    try (Step ignored = scope::closeStatements) {
      if (!session.isAborted()) {
        nesting.rollBack();
      }
      return Verdict.PROPAGATE;
    }
  }
}
