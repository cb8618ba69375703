package dev.withal.jdbc;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import dev.withal.DualContextManager;
import dev.withal.database.Bounds;
import dev.withal.database.Retrying;
import dev.withal.database.internal.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Database connections and transactions as context managers of both kinds, synchronous and
 * asynchronous.
 *
 * <p>In direct style:
 *
 * {@snippet class="dev.withal.jdbc.JdbcExamplesTest" region="direct"}
 *
 * <p>In stage style:
 *
 * {@snippet class="dev.withal.jdbc.JdbcExamplesTest" region="stages"}
 *
 * <p><b>Threads.</b> Calls that may wait for the server run on a virtual thread that nobody
 * interrupts, or on the executor that was set. In direct style the calling thread waits for them; a
 * platform thread calls PostgreSQL's driver itself, and an event-loop thread is refused. In stage
 * style nothing blocks: a body runs its statements with {@link #callAsync}. Creating statements,
 * setting parameters and reading rows happens on the calling thread. If a statement has a fetch
 * size, the call that fetches the next rows is one that may wait.
 *
 * <p><b>Cancellation.</b> Interrupting a thread that waits for a statement, or for the next rows,
 * cancels the statement by {@link java.sql.Statement#cancel()}. The call then fails with a {@link
 * java.util.concurrent.CancellationException}, and the interrupt flag is set again. It fails even
 * if the statement has taken effect: a server may answer a cancelled statement with a wrong value,
 * as MariaDB may. After a cancellation, the exit cancels the calls that still run on its
 * connection, and waits until they have ended. If that takes longer than the {@link Bounds} allow,
 * the connection is aborted.
 *
 * <p><b>Connections.</b> The connection that a body is given is valid until its context exits, and
 * so are the statements created from it. Using them later fails with an {@link
 * IllegalStateException}. The exit closes statements that are still open. {@code unwrap} returns
 * the driver's own connection, which is not guarded.
 *
 * <p><b>Nulls.</b> A null argument is refused with a {@link NullPointerException}.
 */
public final class Jdbc {
  private Jdbc() {}

  /**
   * {@return a manager that takes a connection from a data source, and closes it however the body
   * ended}
   *
   * <p>Cancelling a use while its connection is being opened does not cancel the opening: the
   * driver continues, and the connection is closed when it arrives. If no connection can be opened,
   * the enter fails with the driver's error. A transaction that the body began by hand and left
   * open is rolled back. A connection that can't be put in order, or that is still in use, is
   * aborted.
   *
   * @param dataSource the source of the connections; stays the caller's
   */
  public static DualContextManager<Connection> connection(DataSource dataSource) {
    return connection(dataSource, Where.DEFAULT);
  }

  /**
   * {@return a manager of connections as from {@link #connection(DataSource)}}
   *
   * @param dataSource the source of the connections; stays the caller's
   * @param executor the executor on which the driver is called, which blocks; stays the caller's.
   *     If the data source is a pool that makes callers wait, the executor needs more threads than
   *     the pool has connections
   */
  public static DualContextManager<Connection> connection(
      DataSource dataSource, Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return connection(dataSource, new Where(executor, Where.Callers.NONE));
  }

  private static DualContextManager<Connection> connection(DataSource dataSource, Where where) {
    var source = new Unpooled(nameless(dataSource), Bounds.DEFAULT);
    return new Dual<>(
        "Jdbc.connection(" + source.dataSource() + ")",
        (name, blocked) -> Lease.manager(source, where, name, blocked));
  }

  /**
   * {@return a manager of a pool of a data source's connections, with the default settings}
   *
   * @param dataSource the source of the connections, not itself a pool; stays the caller's
   * @throws IllegalArgumentException if the data source is known to be a pool, or to wrap one
   */
  public static DualContextManager<Pool> pool(DataSource dataSource) {
    return pool(dataSource, PoolSettings.DEFAULT);
  }

  /**
   * {@return a manager of a pool of a data source's connections}
   *
   * <p>The pool opens connections as they are needed. Its exit refuses all callers that still wait
   * for one, waits until all connections in use have come back, and closes them. If the first
   * connection shows that the data source is a pool, the enter that asked for it fails with an
   * {@link IllegalStateException}.
   *
   * @param dataSource the source of the connections, not itself a pool; stays the caller's
   * @param settings the settings of the pool
   * @throws IllegalArgumentException if the data source is known to be a pool, or to wrap one
   */
  public static DualContextManager<Pool> pool(DataSource dataSource, PoolSettings settings) {
    Objects.requireNonNull(settings, "settings");
    NamelessDataSource nameless = nameless(dataSource);
    KnownPools.refuse(dataSource);
    return Pool.manager(nameless, "Jdbc.pool(" + nameless + ")", settings);
  }

  /**
   * {@return a manager of a transaction on a data source's connection}
   *
   * @param dataSource the source of the connection; stays the caller's
   */
  public static DualContextManager<Connection> transaction(DataSource dataSource) {
    return transaction(dataSource, TransactionOptions.DEFAULT);
  }

  /**
   * {@return a manager of a transaction on a data source's connection, as by {@link
   * #transaction(Connection, TransactionOptions)}}
   *
   * @param dataSource the source of the connection; stays the caller's
   * @param options the options of the transaction
   */
  public static DualContextManager<Connection> transaction(
      DataSource dataSource, TransactionOptions options) {
    Objects.requireNonNull(options, "options");
    var source = new Unpooled(nameless(dataSource), Bounds.DEFAULT);
    return new Dual<>(
        options.nameOr("Jdbc.transaction"),
        (name, blocked) ->
            LeasedTransaction.manager(source, Where.DEFAULT, name, blocked, options));
  }

  /**
   * {@return a manager that begins a transaction and ends it: commits if the body succeeded, rolls
   * back if it failed or was cancelled}
   *
   * <p>The body is given a connection that refuses, with an {@link IllegalStateException}, to end
   * the transaction by hand or to begin another one. A transaction on <em>that</em> connection is a
   * savepoint: the work of its body can be undone alone.
   *
   * <p>A begin, commit or rollback that fails is reported by a {@link TransactionException}. A
   * failed commit is the result of the use; if the server refused it, a rollback follows; if its
   * answer was lost, the {@linkplain TransactionException#outcome() outcome} is unknown. A failed
   * rollback is added to the error that led to it. The work of a cancelled body is rolled back even
   * if the body still runs. If an exit inside this one suppresses the body's error, the body counts
   * as having succeeded.
   *
   * <p>Auto-commit, isolation level and read-only mode are restored afterwards, unless the
   * transaction could be neither committed nor rolled back: turning auto-commit on would then
   * commit the rest. If auto-commit was off, everything that ran on the connection since its last
   * commit is part of the transaction.
   *
   * <p>A connection is in one transaction at a time. Entering a second one on it, rather than on
   * the connection that the first one's body was given, fails with an {@link
   * IllegalStateException}.
   *
   * @param connection the connection of the transaction; stays the caller's, who closes it after
   *     the exit
   */
  public static DualContextManager<Connection> transaction(Connection connection) {
    return transaction(connection, TransactionOptions.DEFAULT);
  }

  /**
   * {@return a manager of a transaction as from {@link #transaction(Connection)}, with options such
   * as an isolation level}
   *
   * @param connection the connection of the transaction; stays the caller's, who closes it after
   *     the exit
   * @param options the options of the transaction
   * @throws IllegalArgumentException if the connection is in a transaction and the options contain
   *     more than a name, as a savepoint has no other options
   */
  public static DualContextManager<Connection> transaction(
      Connection connection, TransactionOptions options) {
    Objects.requireNonNull(connection, "connection");
    AsyncContextManager<Connection> manager =
        Transaction.manager(connection, options.nameOr("Jdbc.transaction"), options, Where.DEFAULT);
    return new Dual<>(options.nameOr("Jdbc.transaction"), (ignored, unused) -> manager);
  }

  /**
   * {@return a data source over the connection of a transaction, for code that begins and ends
   * transactions itself, as jOOQ, JDBI, Spring and Hibernate do: each is a savepoint of this one}
   *
   * <p>All its connections are this one. On each of them, turning auto-commit off begins a
   * savepoint with the next statement, {@code commit} releases it, {@code rollback} returns to it,
   * and {@code close} undoes everything that isn't committed. Work committed in this way is kept if
   * the transaction is committed. A commit or rollback with auto-commit on is refused with an
   * {@link IllegalStateException}, since it would end the transaction. Transactions on several of
   * these connections at the same time end in reverse order. Those still open when the transaction
   * ends are undone.
   *
   * @param transaction the connection that the body of a transaction was given; stays the
   *     context's, and the data source is valid for the same time
   * @throws IllegalArgumentException if the connection isn't a transaction's
   */
  public static DataSource dataSource(Connection transaction) {
    GuardedConnection outer =
        GuardedConnection.of(Objects.requireNonNull(transaction, "transaction"));
    if (outer == null || !outer.isTransaction()) {
      throw new IllegalArgumentException(
          "this connection was not given to a transaction's body: begin a transaction"
              + " with Jdbc.transaction(connection), or use the data source of a pool");
    }
    String name = outer.scope().name() + ", data source";
    return new BorrowingDataSource(
        new Dual<>(name, (inner, ignored) -> NestedConnection.manager(outer, inner)), name);
  }

  /**
   * {@return an operator that runs a body again if its transaction conflicted with another one: on
   * a serialization failure (SQLSTATE 40001), on a deadlock (40P01), and on MariaDB's error 1020, a
   * row that has changed since the transaction's snapshot} Any other error is the result
   * immediately, and so is a commit whose outcome is unknown, and an error after the commit. For a
   * different rule, see {@link Retrying#of}.
   *
   * @param transactions the manager of transactions, for example {@link Pool#transaction()}
   * @param <T> the type of its value
   */
  public static <T extends @Nullable Object> Retrying<T> retrying(
      AsyncContextManager<T> transactions) {
    return Retrying.of(
        Objects.requireNonNull(transactions, "transactions"),
        SqlState.conflict(
            TransactionException::stateOf,
            TransactionException::codeOf,
            TransactionException::mayBeCommitted));
  }

  /**
   * Runs blocking code on a virtual thread of its own, for a body in stage style.
   *
   * <p>It is {@link Async#callAsync}: cancelling the future, or completing it in any other way,
   * interrupts the thread, which cancels a statement that it waits for. The future is done when the
   * code has ended. A body that returns this future unchanged needs no {@link
   * dev.withal.Cancellation}.
   *
   * @param connection a connection of a context of this class or of a {@link Pool}
   * @param work the work to run; may block, and may throw
   * @param <R> the type of the result
   * @return a future that completes with the result of the work, and fails with the work's error
   * @throws IllegalArgumentException if the connection doesn't come from such a context
   */
  public static <R extends @Nullable Object> CompletableFuture<R> callAsync(
      Connection connection, Body<? super Connection, ? extends R, ?> work) {
    requireOurs(connection);
    Objects.requireNonNull(work, "work");
    return Async.callAsync(() -> work.apply(connection));
  }

  /**
   * Runs blocking code without a result, as {@link #callAsync} does.
   *
   * @param connection a connection of a context of this class or of a {@link Pool}
   * @param action the action to run; may block, and may throw
   * @return a future that completes with null when the action has ended, and fails with the
   *     action's error
   * @throws IllegalArgumentException if the connection doesn't come from such a context
   */
  public static CompletableFuture<Void> runAsync(
      Connection connection, Body.Action<? super Connection, ?> action) {
    requireOurs(connection);
    Objects.requireNonNull(action, "action");
    return Async.runAsync(() -> action.run(connection));
  }

  private static void requireOurs(Connection connection) {
    if (GuardedConnection.of(Objects.requireNonNull(connection, "connection")) == null) {
      throw new IllegalArgumentException(
          "this connection doesn't come from a context of Jdbc, so its statements can't"
              + " be cancelled: enter Jdbc.connection(dataSource) or a pool's connection");
    }
  }

  private static NamelessDataSource nameless(DataSource dataSource) {
    return new NamelessDataSource(Objects.requireNonNull(dataSource, "dataSource"));
  }

  /** The connections of a data source, each opened for one context. */
  record Unpooled(NamelessDataSource dataSource, Bounds bounds) implements Source {
    @Override
    public void taking() {}

    @Override
    public void lent() {}

    @Override
    public void exits() {}

    @Override
    public void timedOut() {}

    @Override
    public void ended() {}

    @Override
    public Duration limit() {
      return bounds().connect();
    }

    @Override
    public @Nullable Physical kept(Predicate<Physical> will) {
      return null;
    }

    @Override
    public Physical get(Time time) throws SQLException {
      Connection connection = dataSource.getConnection();
      if (connection == null) {
        throw dataSource.gaveNull();
      }
      return new Physical(connection);
    }

    /** It is tried once. */
    @Override
    public CompletableFuture<Boolean> pause(Duration time) {
      return CompletableFuture.completedFuture(false);
    }

    @Override
    public boolean keeps() {
      return false;
    }

    @Override
    public boolean back(Session session) {
      return false;
    }

    @Override
    public void reset(Session session) {}

    @Override
    public void giveBack(Physical physical) throws SQLException {
      physical.connection().close();
    }

    @Override
    public SQLException told(SQLException failure) {
      return failure;
    }
  }
}
