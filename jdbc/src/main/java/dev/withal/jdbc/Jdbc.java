package dev.withal.jdbc;

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
 * <p><b>Threads.</b> What may wait for the server is called on a virtual thread that nobody
 * interrupts, or on an executor that is set. In direct style the calling thread waits for it; an
 * event-loop thread is refused. In stage style nothing blocks: a body runs its statements by {@link
 * #callAsync}. Statements are made, parameters set and rows read on the calling thread.
 *
 * <p><b>Cancellation.</b> To interrupt a thread that waits for a statement cancels the statement by
 * {@link java.sql.Statement#cancel()}, and the call then fails with a {@link
 * java.util.concurrent.CancellationException}; the flag is set again. An exit after a cancellation
 * cancels what still runs on its connection, and waits until it has ended. What takes longer than
 * the {@link Bounds} say has its connection aborted.
 *
 * <p><b>Connections.</b> A body is given a connection that is good until its context exits, and so
 * are the statements made with it. What they are used for later fails with an {@link
 * IllegalStateException}. The exit closes statements that are still open. {@code unwrap} leads to
 * the driver's own connection, which nobody guards.
 *
 * <p><b>Nulls.</b> A null argument is refused with a {@link NullPointerException}.
 */
public final class Jdbc {
  private Jdbc() {}

  /**
   * {@return a manager that takes a connection of a data source and closes it, however the body
   * ended}
   *
   * <p>Who asks for a use to end while its connection is being opened does not cancel that: the
   * driver goes on, and the connection is closed when it comes. The enter fails with the driver's
   * error if there can be no connection. A transaction that the body began by hand and left open is
   * rolled back. What can't be put in order, or is still in use, is aborted.
   *
   * @param dataSource where the connections come from; stays the caller's
   */
  public static DualContextManager<Connection> connection(DataSource dataSource) {
    return connection(dataSource, VirtualThreads.EACH);
  }

  /**
   * {@return a manager of connections as from {@link #connection(DataSource)}}
   *
   * @param dataSource where the connections come from; stays the caller's
   * @param executor where the driver is called, which blocks; stays the caller's. If the data
   *     source is a pool that makes callers wait, it needs more threads than that has connections
   */
  public static DualContextManager<Connection> connection(
      DataSource dataSource, Executor executor) {
    var source = new Unpooled(nameless(dataSource), Bounds.DEFAULT);
    Objects.requireNonNull(executor, "executor");
    return new Dual<>(
        "Jdbc.connection(" + source.dataSource() + ")",
        (name, _) -> Lease.manager(source, executor, name, null));
  }

  /**
   * {@return a manager of a pool of a data source's connections, with the default settings}
   *
   * @param dataSource where the connections come from, not itself a pool; stays the caller's
   */
  public static DualContextManager<Pool> pool(DataSource dataSource) {
    return pool(dataSource, PoolSettings.DEFAULT);
  }

  /**
   * {@return a manager of a pool of a data source's connections}
   *
   * <p>The pool opens connections as they are needed. Its exit refuses whoever still waits for one,
   * waits until all that are in use have come back, and closes them.
   *
   * @param dataSource where the connections come from, not itself a pool; stays the caller's
   * @param settings how large the pool is, and how long it is waited for
   */
  public static DualContextManager<Pool> pool(DataSource dataSource, PoolSettings settings) {
    Objects.requireNonNull(settings, "settings");
    NamelessDataSource nameless = nameless(dataSource);
    return Pool.manager(nameless, "Jdbc.pool(" + nameless + ")", settings);
  }

  /**
   * {@return a manager of a transaction on a data source's connection}
   *
   * @param dataSource where the connection comes from; stays the caller's
   */
  public static DualContextManager<Connection> transaction(DataSource dataSource) {
    return transaction(dataSource, TransactionOptions.DEFAULT);
  }

  /**
   * {@return a manager of a transaction on a data source's connection, as by {@link
   * #transaction(Connection, TransactionOptions)}}
   *
   * @param dataSource where the connection comes from; stays the caller's
   * @param options what it begins with
   */
  public static DualContextManager<Connection> transaction(
      DataSource dataSource, TransactionOptions options) {
    Objects.requireNonNull(options, "options");
    var source = new Unpooled(nameless(dataSource), Bounds.DEFAULT);
    return new Dual<>(
        options.nameOr("Jdbc.transaction"),
        (name, blocked) ->
            LeasedTransaction.manager(source, VirtualThreads.EACH, name, blocked, options));
  }

  /**
   * {@return a manager that begins a transaction and ends it: commits if the body succeeded, rolls
   * back if it failed or was cancelled}
   *
   * <p>The body is given a connection that refuses, with an {@link IllegalStateException}, to end
   * the transaction by hand, or to begin another one. A transaction on <em>that</em> connection is
   * a savepoint: what its body did can be undone alone.
   *
   * <p>A begin, commit or rollback that fails is told by a {@link TransactionException}. A commit
   * that fails is the result; if the server refused it, a rollback follows; if its answer was lost,
   * the {@linkplain TransactionException#outcome() outcome} is unknown. A rollback that fails is
   * added to the error that led to it. A body that was cancelled and still runs is rolled back all
   * the same. Where an exit inside this one suppresses the body's error, the body counts as
   * succeeded.
   *
   * <p>Auto-commit, isolation level and read only are put back as they were before, unless the
   * transaction could be neither committed nor rolled back: to turn auto-commit on would then
   * commit what is left. If it was off, what ran on the connection since its last commit is part of
   * the transaction.
   *
   * <p>A connection is in one transaction at a time: to enter a second one on it, and not on what
   * the first one's body was given, fails with an {@link IllegalStateException}.
   *
   * @param connection what the transaction is on; stays the caller's, who closes it after the exit
   */
  public static DualContextManager<Connection> transaction(Connection connection) {
    return transaction(connection, TransactionOptions.DEFAULT);
  }

  /**
   * {@return a manager of a transaction as from {@link #transaction(Connection)}, which begins with
   * an isolation level and the like}
   *
   * @param connection what the transaction is on; stays the caller's, who closes it after the exit
   * @param options what it begins with
   * @throws IllegalArgumentException if the connection is in a transaction and the options say more
   *     than a name: a savepoint has none of these
   */
  public static DualContextManager<Connection> transaction(
      Connection connection, TransactionOptions options) {
    Objects.requireNonNull(connection, "connection");
    AsyncContextManager<Connection> manager =
        Transaction.manager(
            connection, options.nameOr("Jdbc.transaction"), options, VirtualThreads.EACH);
    return new Dual<>(options.nameOr("Jdbc.transaction"), (_, _) -> manager);
  }

  /**
   * {@return what runs a body again when its transaction was in the way of another one: on a
   * serialization failure (SQLSTATE 40001) and on a deadlock (40P01)} Other errors are the result
   * at once, and so is a commit whose outcome is unknown. For another rule there is {@link
   * Retrying#of}.
   *
   * @param transactions a manager of transactions, for example {@link Pool#transaction()}
   * @param <T> the type of its value
   */
  public static <T extends @Nullable Object> Retrying<T> retrying(
      AsyncContextManager<T> transactions) {
    return Retrying.of(
        Objects.requireNonNull(transactions, "transactions"),
        SqlState.conflict(TransactionException::stateOf));
  }

  /**
   * Runs code that blocks, on a virtual thread of its own, for a body in stage style.
   *
   * <p>To cancel the future, or to complete it in any other way, interrupts the thread, which
   * cancels a statement that it waits for. The future is done when the code has ended. A body that
   * returns this future as it is needs no {@link dev.withal.Cancellation}.
   *
   * @param connection what a context of this class or of a {@link Pool} has handed out
   * @param work what to run; may block, and may throw
   * @param <R> the type of the result
   * @return a future of what the work returns; it fails with what it throws
   * @throws IllegalArgumentException if the connection doesn't come from such a context
   */
  public static <R extends @Nullable Object> CompletableFuture<R> callAsync(
      Connection connection, Body<? super Connection, ? extends R, ?> work) {
    GuardedConnection guarded =
        GuardedConnection.of(Objects.requireNonNull(connection, "connection"));
    Objects.requireNonNull(work, "work");
    if (guarded == null) {
      throw new IllegalArgumentException(
          "this connection is not one that a context of Jdbc has handed out, so its statements"
              + " can't be cancelled: enter Jdbc.connection(dataSource) or a pool's connection");
    }
    return Work.start(connection, work);
  }

  private static NamelessDataSource nameless(DataSource dataSource) {
    return new NamelessDataSource(Objects.requireNonNull(dataSource, "dataSource"));
  }

  /** A data source's connections, each opened for one context. */
  record Unpooled(NamelessDataSource dataSource, Bounds bounds) implements Source {
    @Override
    public void taking() {}

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
    public Physical get(Duration limit) throws SQLException {
      Connection connection = dataSource.getConnection();
      if (connection == null) {
        throw dataSource.gaveNull();
      }
      return new Physical(connection);
    }

    @Override
    public boolean keeps() {
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
