package dev.withal.jdbc;

import dev.withal.Context;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.internal.SqlText;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A connection as a body sees it: it is valid until its context exits, and it leaves ending a
 * transaction to the exit. Foreign code sees it as a data source's connection: closing it exits the
 * context.
 */
final class GuardedConnection implements InvocationHandler {

  private final Session session;
  private final Scope scope;
  private final Kind kind;
  private final @Nullable Nesting nesting;
  private final Connection proxy;

  /**
   * The context that closing exits; null once closed, and where only the context's user exits it.
   */
  private final AtomicReference<@Nullable Context<?>> exits = new AtomicReference<>();

  /** The part that a context has in the connection. */
  enum Kind {
    LEASE,
    TRANSACTION
  }

  GuardedConnection(Session session, Scope scope, Kind kind) {
    this(session, scope, kind, null);
  }

  private GuardedConnection(Session session, Scope scope, Kind kind, @Nullable Nesting nesting) {
    this.session = session;
    this.scope = scope;
    this.kind = kind;
    this.nesting = nesting;
    this.proxy =
        (Connection)
            Proxy.newProxyInstance(
                GuardedConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
  }

  /**
   * {@return a connection in our transaction, whose user begins and ends others inside it by hand}
   */
  static GuardedConnection nested(Session session, Scope scope, Nesting nesting) {
    return new GuardedConnection(session, scope, Kind.TRANSACTION, nesting);
  }

  /** {@return the connection of a context, which exits the context when it is closed} */
  static Connection closing(Context<? extends Connection> context) {
    GuardedConnection guarded = Objects.requireNonNull(of(context.value()));
    guarded.exits.set(context);
    guarded.scope.closesByHand();
    return guarded.proxy;
  }

  /** {@return the object behind a connection; null if the connection isn't one of ours} */
  static @Nullable GuardedConnection of(Connection connection) {
    return Proxy.isProxyClass(connection.getClass())
            && Proxy.getInvocationHandler(connection) instanceof GuardedConnection guarded
        ? guarded
        : null;
  }

  Connection proxy() {
    return proxy;
  }

  Session session() {
    return session;
  }

  Scope scope() {
    return scope;
  }

  @Nullable Nesting nesting() {
    return nesting;
  }

  boolean isTransaction() {
    return kind == Kind.TRANSACTION;
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] given)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class || method.getDeclaringClass() == Wrapper.class) {
      return Identity.answer(this, self, session.connection(), scope.name(), method, given);
    }
    return switch (method.getName()) {
      case "isClosed" -> scope.isClosed() || session.connection().isClosed();
      case "isValid" -> scope.isClosed() ? false : call(method, given);
      case "close" -> close();
      case "abort" -> abort(method, given);
      case "createStatement", "prepareStatement", "prepareCall" -> statement(method, given);
      case "getMetaData" -> metaData(method);
      case "commit", "setAutoCommit" -> ending(method, given);
      case "rollback" -> given == null ? ending(method, given) : endSavepoint(method, given);
      case "releaseSavepoint" -> endSavepoint(method, given);
      case "setSavepoint" -> setSavepoint(method, given);
      case "setTransactionIsolation" -> setOption("isolation level", method, given);
      case "setReadOnly" -> setReadOnly(method, given);
      case "setClientInfo" -> ClientInfo.set(() -> call(method, given));
      case "createArrayOf" -> GuardedRows.guard(this, call(method, given));
      case "getAutoCommit" -> nesting == null ? call(method, given) : nesting.isAutoCommit();
      default -> call(method, given);
    };
  }

  private @Nullable Object call(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    session.alter();
    return call(
        null,
        () -> {
          session.keep(method.getName());
          return pass(session.connection(), method, given);
        });
  }

  /**
   * Makes a call to the driver, in the transaction that it belongs to.
   *
   * @param statement the statement that runs; null if the call runs nothing that can be cancelled
   */
  @Nullable Object call(@Nullable Statement statement, Callable<?> call) throws SQLException {
    return scope.call(
        statement,
        () -> {
          if (statement != null) {
            session.refuseIfRolledBack(scope.name());
          }
          beforeCall();
          return call.call();
        });
  }

  /**
   * Begins the hand-made transaction that a call to the driver belongs in, if there is one. Blocks.
   */
  void beforeCall() throws SQLException {
    if (nesting != null) {
      nesting.begin();
    }
  }

  private @Nullable Object close() throws SQLException {
    if (!scope.isClosedByHand()) {
      throw refusedClose();
    }
    Context<?> context = exits.getAndSet(null);
    if (context == null) {
      return null;
    }
    if (nesting == null && session.isInTransaction()) {
      // One of our transactions is on it and continues; no other context can see its work.
      session.doom();
    }
    // Nobody will read the results of calls that are still running.
    scope.stop();
    try {
      if (context.exit(ExitCase.success()) instanceof Verdict.Replace(Throwable error)) {
        throw error;
      }
      return null;
    } catch (SQLException | RuntimeException | Error error) {
      throw error;
    } catch (Throwable error) {
      throw new SQLException(error);
    }
  }

  /** A pool's connection that was closed by force counts as given back. */
  private @Nullable Object abort(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    if (!scope.isClosedByHand() || nesting != null) {
      return call(method, given);
    }
    if (!scope.isClosed()) {
      session.abort();
    }
    return close();
  }

  private DatabaseMetaData metaData(Method method) throws SQLException {
    Object made = scope.call(null, () -> pass(session.connection(), method, null));
    return GuardedMetaData.of(this, (DatabaseMetaData) Objects.requireNonNull(made));
  }

  private @Nullable Object ending(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    scope.requireOpen();
    if (nesting != null) {
      nesting.end(scope, method.getName(), given);
      return null;
    }
    if (session.isInTransaction()) {
      throw refused(method.getName() + "()");
    }
    return call(method, given);
  }

  private @Nullable Object setSavepoint(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    Object made = call(method, given);
    if (made instanceof java.sql.Savepoint savepoint) {
      session.setByHand(savepoint);
    }
    return made;
  }

  /** The server drops the savepoints that were set after it, some of which may be ours. */
  private @Nullable Object endSavepoint(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    if (given != null
        && given[0] instanceof java.sql.Savepoint savepoint
        && session.hasMarksAfter(savepoint)) {
      throw Nesting.notInnermost(scope);
    }
    return call(method, given);
  }

  /** It stays until the transaction around ends, whoever sets it: PostgreSQL's driver does that. */
  private @Nullable Object setReadOnly(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    scope.requireOpen();
    boolean asked = given != null && Boolean.TRUE.equals(given[0]);
    return session.isInTransaction() && session.connection().isReadOnly() == asked
        ? null
        : setOption("read-only mode", method, given);
  }

  /** Setting the isolation level makes H2 commit, and PostgreSQL refuses. */
  private @Nullable Object setOption(
      String option, Method method, @Nullable Object @Nullable [] given) throws SQLException {
    scope.requireOpen();
    if (session.isInTransaction()) {
      throw new IllegalStateException(
          ("%s is in a transaction, whose %s can't be changed: set it in the TransactionOptions with"
                  + " which the transaction begins")
              .formatted(scope.name(), option));
    }
    return call(method, given);
  }

  private Statement statement(Method method, @Nullable Object @Nullable [] given) throws Exception {
    SqlText text =
        given != null && given[0] instanceof String sql ? check(session.textOf(sql)) : null;
    scope.requireOpen();
    var made = (Statement) Objects.requireNonNull(pass(session.connection(), method, given));
    scope.opened(made);
    return new GuardedStatement(this, made, text).proxy(method.getReturnType());
  }

  /** Refuses SQL that would end the transaction that the connection is in. {@return the same} */
  SqlText check(SqlText text) {
    if (text.ending() != null && session.isInTransaction()) {
      throw refused("the statement \"" + text.ending() + "\"");
    }
    session.willRun(text);
    return text;
  }

  private IllegalStateException refused(String call) {
    return new IllegalStateException(
        scope.name()
            + " ends with its body: return to commit or throw to roll back, instead of "
            + call
            + "; for a transaction inside it, use Jdbc.transaction(connection)");
  }

  private IllegalStateException refusedClose() {
    return new IllegalStateException(
        scope.name()
            + " ends with its body: return to give the connection back, instead of calling"
            + " close()");
  }

  /** Calls the driver. */
  static @Nullable Object pass(Object target, Method method, @Nullable Object @Nullable [] given)
      throws Exception {
    try {
      return method.invoke(target, given);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error fatal) {
        throw fatal;
      }
      throw (Exception) e.getCause();
    }
  }
}
