package dev.withal.jdbc;

import dev.withal.database.internal.SqlDialect;
import dev.withal.database.internal.SqlState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The abilities of a driver's connection beyond JDBC.
 *
 * <p>Design: they are found by the driver's own names for them, so that no driver is needed to
 * compile or to run this. Wrappers between us and the driver pass {@code unwrap} on. Nothing here
 * asks a server, except where stated.
 */
final class Native {
  /**
   * The number of layers around a driver that are looked through, as a wrapper may wrap its own
   * target.
   */
  private static final int DEEPEST = 5;

  /** The flag of MariaDB's server for a session in a transaction. */
  private static final int IN_TRANSACTION = 1;

  /** Whether a session is in a transaction, as the server said with its last answer. */
  enum State {
    IDLE,
    OPEN,
    /** A statement failed, and nothing but a rollback is possible. */
    FAILED,
    /** The driver doesn't say. */
    UNKNOWN
  }

  /**
   * @param cancel sends a request to cancel
   * @param executor finds what sends requests even if the connection is closed, as PostgreSQL's
   *     driver does; null if it is the connection, as in MariaDB's
   * @param send sends a request to cancel by that
   * @param state reads the state of PostgreSQL's session
   * @param context finds what knows the state of MariaDB's session
   * @param status reads that as the server's flags
   */
  private record Methods(
      @Nullable Method cancel,
      @Nullable Method executor,
      @Nullable Method send,
      @Nullable Method state,
      @Nullable Method context,
      @Nullable Method status) {
    static Methods of(Class<?> type) {
      Method cancel = method(type, "org.postgresql.PGConnection", "cancelQuery");
      Method executor = method(type, "org.postgresql.core.BaseConnection", "getQueryExecutor");
      Method context = contextOf(type);
      return new Methods(
          cancel,
          executor,
          executor == null
              ? declared(type, "cancelCurrentQuery")
              : declared(executor.getReturnType(), "sendQueryCancel"),
          cancel == null ? null : declared(type, "getTransactionState"),
          context,
          context == null ? null : declared(context.getReturnType(), "getServerStatus"));
    }

    /** {@return the method by which MariaDB's driver gives its context; null for other drivers} */
    private static @Nullable Method contextOf(Class<?> type) {
      for (Class<?> at = type; at != null; at = at.getSuperclass()) {
        if (at.getName().equals("org.mariadb.jdbc.Connection")) {
          return declared(at, "getContext");
        }
      }
      return null;
    }
  }

  private static final ClassValue<Methods> FOUND =
      new ClassValue<>() {
        @Override
        protected Methods computeValue(Class<?> type) {
          return Methods.of(type);
        }
      };

  private final Connection driver;
  private final Methods methods;
  private final SqlDialect dialect;

  /** The server's answer to {@link SqlState#ROLLBACK_ON_TIMEOUT}; null if it wasn't asked. */
  private volatile @Nullable String rollbackOnTimeout;

  private Native(Connection driver, SqlDialect dialect) {
    this.driver = driver;
    this.methods = FOUND.get(driver.getClass());
    this.dialect = dialect;
  }

  static Native of(Connection connection) throws SQLException {
    return new Native(
        driverOf(connection), SqlDialect.of(connection.getMetaData().getDatabaseProductName()));
  }

  /** {@return the driver's own connection, through all layers around it} */
  private static Connection driverOf(Connection connection) throws SQLException {
    Connection at = connection;
    for (int depth = 0; depth < DEEPEST; depth++) {
      Connection inside = at.unwrap(Connection.class);
      if (inside == null || inside == at) {
        break;
      }
      at = inside;
    }
    return at;
  }

  SqlDialect dialect() {
    return dialect;
  }

  /**
   * Called before each transaction. The first time, asks MariaDB's server what a wait for a lock
   * that takes too long undoes, as its error doesn't say. Blocks then.
   */
  void beginning() throws SQLException {
    if (rollbackOnTimeout == null && dialect == SqlDialect.MARIADB) {
      try (Statement statement = driver.createStatement();
          ResultSet option = statement.executeQuery(SqlState.ROLLBACK_ON_TIMEOUT)) {
        rollbackOnTimeout = option.next() ? option.getString(2) : "";
      }
    }
  }

  /** {@return whether a server that answered with this error has rolled back the transaction} */
  boolean isRollback(SQLException failure) {
    return SqlState.isRollback(
        failure.getSQLState(),
        failure.getErrorCode(),
        dialect,
        Objects.requireNonNullElse(rollbackOnTimeout, ""));
  }

  /**
   * {@return whether turning auto-commit off asks no server, which learns of it from a later
   * statement}
   */
  boolean beginsUnasked() {
    // PostgreSQL's driver works so, and it is the one that reveals the state.
    return methods.state != null;
  }

  /**
   * Cancels the current call of a connection, by a request to the server that the driver always
   * sends. {@return whether this driver has such a request}
   */
  boolean cancelQuery() throws SQLException {
    if (methods.cancel == null) {
      return false;
    }
    if (!cancelEvenIfClosed()) {
      call(methods.cancel, driver);
    }
    return true;
  }

  /** Does the same, even if the connection is closed. {@return whether this driver can} */
  boolean cancelEvenIfClosed() throws SQLException {
    if (methods.send == null) {
      return false;
    }
    call(methods.send, methods.executor == null ? driver : call(methods.executor, driver));
    return true;
  }

  /**
   * {@return whether the driver has given the connection up} A wrapper that was given back to its
   * pool says so as well, although the driver's connection has its next user.
   */
  boolean isClosed() throws SQLException {
    return driver.isClosed();
  }

  /** {@return whether the session is in a transaction, whoever began it} */
  State state() throws SQLException {
    if (methods.state == null) {
      return stateByFlags();
    }
    return switch (String.valueOf(call(methods.state, driver))) {
      case "IDLE" -> State.IDLE;
      case "OPEN" -> State.OPEN;
      case "FAILED" -> State.FAILED;
      default -> State.UNKNOWN;
    };
  }

  /** MariaDB sends its flags with each answer, but not with an error. */
  private State stateByFlags() throws SQLException {
    Object context = methods.context == null ? null : call(methods.context, driver);
    if (context == null || methods.status == null) {
      return State.UNKNOWN;
    }
    boolean isOpen =
        call(methods.status, context) instanceof Integer flags && (flags & IN_TRANSACTION) != 0;
    return isOpen ? State.OPEN : State.IDLE;
  }

  private static @Nullable Object call(Method method, @Nullable Object target) throws SQLException {
    try {
      return method.invoke(target);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SQLException error) {
        throw error;
      }
      throw new SQLException(method + " failed: " + e.getCause(), e.getCause());
    } catch (IllegalAccessException e) {
      throw new SQLException(method + " can't be called: " + e, e);
    }
  }

  /** {@return a method of an interface that the type implements, directly or not} */
  private static @Nullable Method method(Class<?> type, String owner, String name) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      Method found =
          Stream.of(at.getInterfaces())
              .map(part ->
                  part.getName().equals(owner) ? declared(part, name) : method(part, owner, name))
              .filter(method -> method != null)
              .findFirst()
              .orElse(null);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable Method declared(Class<?> type, String name) {
    try {
      return type.getMethod(name);
    } catch (NoSuchMethodException ignored) {
      return null;
    }
  }
}
