package dev.withal.jdbc;

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
import org.jspecify.annotations.Nullable;

/**
 * A connection as a body sees it: good until its context exits, and to end a transaction is left to
 * the exit.
 */
final class GuardedConnection implements InvocationHandler {

  private final Session session;
  private final Scope scope;
  private final Kind kind;
  private final Connection proxy;

  /** What the context has of the connection. */
  enum Kind {
    LEASE,
    TRANSACTION
  }

  GuardedConnection(Session session, Scope scope, Kind kind) {
    this.session = session;
    this.scope = scope;
    this.kind = kind;
    this.proxy =
        (Connection)
            Proxy.newProxyInstance(
                GuardedConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
  }

  /** {@return what is behind a connection; null if it isn't one of ours} */
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

  boolean isTransaction() {
    return kind == Kind.TRANSACTION;
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] given)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class || method.getDeclaringClass() == Wrapper.class) {
      return common(self, session.connection(), scope.name(), method, given);
    }
    return switch (method.getName()) {
      case "isClosed" -> scope.isClosed() || session.connection().isClosed();
      case "close" -> throw refusedClose();
      case "createStatement", "prepareStatement", "prepareCall" -> statement(method, given);
      case "getMetaData" -> metaData(method);
      case "commit", "setAutoCommit" -> ending(method, given);
      case "rollback" -> given == null ? ending(method, given) : call(method, given);
      default -> call(method, given);
    };
  }

  private @Nullable Object call(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    session.alter();
    return scope.call(
        null,
        () -> {
          session.keep(method.getName());
          return pass(session.connection(), method, given);
        });
  }

  private DatabaseMetaData metaData(Method method) throws SQLException {
    Object made = scope.call(null, () -> pass(session.connection(), method, null));
    return GuardedMetaData.of(this, (DatabaseMetaData) Objects.requireNonNull(made));
  }

  private @Nullable Object ending(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    scope.requireOpen();
    if (session.isInTransaction()) {
      throw refused(method.getName() + "()");
    }
    return call(method, given);
  }

  private Statement statement(Method method, @Nullable Object @Nullable [] given) throws Exception {
    if (given != null && given[0] instanceof String sql) {
      check(sql);
    }
    scope.requireOpen();
    var made = (Statement) Objects.requireNonNull(pass(session.connection(), method, given));
    scope.opened(made);
    return new GuardedStatement(this, made).proxy(method.getReturnType());
  }

  /** Refuses SQL that would end the transaction that the connection is in. */
  void check(String sql) throws SQLException {
    SqlText text = session.textOf(sql);
    if (text.ending() != null && session.isInTransaction()) {
      throw refused("the statement \"" + text.ending() + "\"");
    }
    session.willRun(text);
  }

  private IllegalStateException refused(String call) {
    return new IllegalStateException(
        scope.name()
            + " ends when its body does: return to commit or throw to roll back, instead of "
            + call
            + "; for a transaction inside it, use Jdbc.transaction(connection)");
  }

  private IllegalStateException refusedClose() {
    return new IllegalStateException(
        "the connection of "
            + scope.name()
            + " is given back when its context exits: return from the body instead of calling"
            + " close()");
  }

  /** What every object of ours answers in the same way. */
  @Nullable Object common(
      Object self, Wrapper target, String name, Method method, @Nullable Object @Nullable [] given)
      throws Exception {
    return switch (method.getName()) {
      case "equals" -> given != null && self == given[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString" -> name;
      default -> {
        session.touch();
        yield pass(target, method, given);
      }
    };
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
