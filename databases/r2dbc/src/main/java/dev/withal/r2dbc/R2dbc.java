package dev.withal.r2dbc;

import dev.withal.AsyncContextManager;
import dev.withal.database.Bounds;
import dev.withal.database.Retrying;
import dev.withal.database.internal.Bound;
import dev.withal.database.internal.SqlState;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.TransactionDefinition;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

/**
 * Database connections and transactions as async context managers, and a driver's publishers as
 * futures.
 *
 * <p>In direct style:
 *
 * {@snippet class="dev.withal.r2dbc.R2dbcExamplesTest" region="direct"}
 *
 * <p>In stage style:
 *
 * {@snippet class="dev.withal.r2dbc.R2dbcExamplesTest" region="stages"}
 *
 * <p><b>Futures.</b> A method that takes a publisher subscribes to it before it returns, so the
 * statement runs then, and once. It requests one result at a time, and the next when that one has
 * been read to its end, as drivers need that in order to continue. If anything fails, the
 * subscription is cancelled and the future fails with the same error. Cancelling the returned
 * future, or completing it in any other way, cancels the subscription. The effect of that depends
 * on the driver: many let a statement that has been sent run to its end, and a rollback waits in
 * line behind it.
 *
 * <p><b>Silence.</b> Every wait for the database, to open, to begin, to end and to clean up, is
 * bounded: see {@link Bounds}. Past a bound the connection is closed, which makes the driver fail
 * its pending calls.
 *
 * <p><b>Threads.</b> Nothing here blocks. A thread is started only to close a connection that a
 * pool discards or whose bound is over. In stage style, code that follows a call to the database
 * continues on the thread on which the driver signals, usually an event loop's, which must not be
 * blocked. A driver of an embedded database, such as H2's, does its work on the calling thread.
 *
 * <p><b>Nulls.</b> A null argument is refused with a {@link NullPointerException}.
 */
public final class R2dbc {
  private R2dbc() {}

  /**
   * {@return a manager that opens a connection, and closes it however the body ended}
   *
   * <p>Cancelling a use while its connection is being opened does not cancel the opening: the
   * driver continues, and the connection is closed when it arrives. If no connection can be opened,
   * the enter fails with the driver's error. If the driver emits neither a connection nor an error,
   * the enter fails with an {@link IllegalStateException}. If the driver's error quotes a password,
   * the enter fails instead with an {@link io.r2dbc.spi.R2dbcNonTransientResourceException} that
   * says the same without it.
   *
   * @param factory the source of the connections, for example a pool; stays the caller's
   */
  public static AsyncContextManager<Connection> connection(ConnectionFactory factory) {
    Objects.requireNonNull(factory, "factory");
    return connection(factory, factory.getMetadata().getName(), Secrets.unknown());
  }

  /**
   * {@return a manager of connections to the database at a URL, as from {@link
   * #connection(ConnectionFactory)}}
   *
   * <p>The URL has the form {@code
   * r2dbc:driver:protocol://user:password@host:port/database?option=value}, for example {@code
   * r2dbc:h2:mem:///test}. Messages and the manager's {@code toString} show it without user,
   * password and options.
   *
   * @param url the URL of driver and database
   * @throws IllegalArgumentException if the URL is malformed, its driver is not present, or the
   *     driver refuses it, for example because it names no database
   */
  public static AsyncContextManager<Connection> connection(String url) {
    var parsed = new ConnectionUrl(Objects.requireNonNull(url, "url"));
    return connection(parsed.factory(), parsed.toString(), Secrets.of(url));
  }

  private static AsyncContextManager<Connection> connection(
      ConnectionFactory factory, String source, Secrets secrets) {
    String name = "R2dbc.connection(" + source + ")";
    return connection(new Opening(factory, secrets, Bounds.DEFAULT), name);
  }

  static AsyncContextManager<Connection> connection(Opening opening, String name) {
    Bounds bounds = opening.bounds();
    return AsyncContextManager.<Connection>closing(
            () -> Step.readOnly(opening.open(name, bounds.connect())),
            connection ->
                Bound.within(
                    bounds.exit(),
                    Step.take(connection::close),
                    () -> {},
                    PhysicalConnection::closedByForce))
        .named(name);
  }

  /**
   * {@return a manager of a pool of connections to the database at a URL, with the default
   * settings}
   *
   * @param url the URL of driver and database, as for {@link #connection(String)}
   * @throws IllegalArgumentException if the URL is invalid, as for {@link #connection(String)}, or
   *     names a pool
   */
  public static AsyncContextManager<Pool> pool(String url) {
    return pool(url, PoolSettings.DEFAULT);
  }

  /**
   * {@return a manager of a pool of connections to the database at a URL}
   *
   * <p>The pool opens connections as they are needed. Its exit refuses all callers that still wait
   * for one, waits until all connections in use have come back, and closes them.
   *
   * @param url the URL of driver and database, as for {@link #connection(String)}
   * @param settings the settings of the pool
   * @throws IllegalArgumentException if the URL is invalid, as for {@link #connection(String)}, or
   *     names a pool
   */
  public static AsyncContextManager<Pool> pool(String url, PoolSettings settings) {
    Objects.requireNonNull(settings, "settings");
    var parsed = new ConnectionUrl(Objects.requireNonNull(url, "url"));
    return Pool.manager(parsed.factory(), parsed.toString(), Secrets.of(url), settings);
  }

  /**
   * {@return a manager of a pool of a factory's connections, as from {@link #pool(String,
   * PoolSettings)}}
   *
   * <p>If the first connection shows that the factory is a pool, the enter that asked for it fails.
   *
   * @param factory the source of the connections, not itself a pool; stays the caller's
   * @param settings the settings of the pool
   * @throws IllegalArgumentException if the factory is known to be a pool, or to wrap one
   */
  public static AsyncContextManager<Pool> pool(ConnectionFactory factory, PoolSettings settings) {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(settings, "settings");
    return Pool.manager(factory, factory.getMetadata().getName(), Secrets.unknown(), settings);
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
   * <p>Auto-commit is restored afterwards, unless the transaction could be neither committed nor
   * rolled back: turning it on would then commit the rest. If it was off, everything that ran on
   * the connection since its last commit is part of the transaction.
   *
   * <p>A connection is in one transaction at a time. Entering a second one on it, rather than on
   * the connection that the first one's body was given, fails with an {@link
   * IllegalStateException}.
   *
   * @param connection the connection of the transaction; stays the caller's, who closes it after
   *     the exit
   */
  public static AsyncContextManager<Connection> transaction(Connection connection) {
    return Transaction.manager(
        Objects.requireNonNull(connection, "connection"), "R2dbc.transaction", null);
  }

  /**
   * {@return a manager of a transaction as from {@link #transaction(Connection)}, with options such
   * as an isolation level}
   *
   * @param connection the connection of the transaction; stays the caller's, who closes it after
   *     the exit
   * @param definition the options of the transaction, for example {@link TransactionOptions}
   * @throws IllegalArgumentException if the connection is in a transaction and the definition is
   *     not a {@link TransactionOptions} with a name only, as a savepoint has no other options
   */
  public static AsyncContextManager<Connection> transaction(
      Connection connection, TransactionDefinition definition) {
    Objects.requireNonNull(definition, "definition");
    String name = definition.getAttribute(TransactionDefinition.NAME);
    return Transaction.manager(
        Objects.requireNonNull(connection, "connection"),
        name == null ? "R2dbc.transaction" : name,
        definition);
  }

  /**
   * {@return a connection factory over the connection of a transaction, for code that begins and
   * ends transactions itself, as jOOQ and Spring do: each is a savepoint of this one}
   *
   * <p>All its connections are this one. On each of them, {@code beginTransaction} sets a
   * savepoint, {@code commitTransaction} releases it, {@code rollbackTransaction} returns to it,
   * and {@code close} undoes everything that isn't committed. Work committed in this way is kept if
   * the transaction is committed. A commit or rollback without a begin fails with an {@link
   * IllegalStateException}, since it would end the transaction. A begin with options such as an
   * isolation level fails with an {@link IllegalArgumentException}. Transactions on several of
   * these connections at the same time end in reverse order. Those still open when the transaction
   * ends are undone.
   *
   * @param transaction the connection that the body of a transaction was given; stays the
   *     context's, and the factory is valid for the same time
   * @throws IllegalArgumentException if the connection isn't a transaction's
   */
  public static ConnectionFactory connectionFactory(Connection transaction) {
    if (Objects.requireNonNull(transaction, "transaction") instanceof TransactionConnection outer) {
      String product = outer.getMetadata().getDatabaseProductName();
      return new BorrowingConnectionFactory(NestedConnection.manager(outer), () -> product);
    }
    throw new IllegalArgumentException(
        "this connection was not given to a transaction's body: begin a transaction with"
            + " R2dbc.transaction(connection), or use the connection factory of a pool");
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
   * {@return a future that completes with null when the publisher has completed} Results that it
   * emits are read to their end and dropped, and so is any other element.
   *
   * @param publisher the publisher to wait for, for example {@link io.r2dbc.spi.Statement#execute()
   *     execute()} of a statement without interesting results, or a method of {@link Connection}
   */
  public static CompletableFuture<@Nullable Void> completion(Publisher<?> publisher) {
    return Consumption.toEnd(Objects.requireNonNull(publisher, "publisher"));
  }

  /**
   * {@return a future of the total number of rows that the results report as inserted, updated or
   * deleted; 0 if they report none}
   *
   * @param results the results of {@link io.r2dbc.spi.Statement#execute()} or {@link
   *     io.r2dbc.spi.Batch#execute()}
   */
  public static CompletableFuture<Long> rowsUpdated(Publisher<? extends Result> results) {
    return Consumption.rowsUpdated(Objects.requireNonNull(results, "results"));
  }

  /**
   * {@return a future of all rows of all results, in their order, in an unmodifiable list}
   *
   * @param results the results of {@link io.r2dbc.spi.Statement#execute()}
   * @param row reads one row when the driver has it; must not block or return null. The row is
   *     valid only until the function returns. If the function fails, so does the future
   * @param <T> the type into which a row is read
   */
  public static <T> CompletableFuture<List<T>> list(
      Publisher<? extends Result> results, Function<? super Readable, ? extends T> row) {
    Objects.requireNonNull(row, "row");
    return Consumption.list(Objects.requireNonNull(results, "results"), result -> result.map(row));
  }

  /**
   * {@return a future of the first row; null if there is none} No second row is requested: when the
   * first has come, the subscription is cancelled.
   *
   * @param results the results of {@link io.r2dbc.spi.Statement#execute()}
   * @param row reads one row, as in {@link #list}
   * @param <T> the type into which a row is read
   */
  public static <T> CompletableFuture<@Nullable T> first(
      Publisher<? extends Result> results, Function<? super Readable, ? extends T> row) {
    Objects.requireNonNull(row, "row");
    return Consumption.first(Objects.requireNonNull(results, "results"), result -> result.map(row));
  }

  /**
   * {@return a publisher of the rows of all results, in their order} The statement runs on
   * subscription. No more rows are requested from the driver than the subscriber has requested; how
   * many the driver requests from the server is up to the driver, and set by {@link
   * io.r2dbc.spi.Statement#fetchSize}. Cancelling the subscription cancels the driver's.
   *
   * @param results the results of {@link io.r2dbc.spi.Statement#execute()}
   * @param row reads one row, as in {@link #list}
   * @param <T> the type into which a row is read
   */
  public static <T> Flow.Publisher<T> rows(
      Publisher<? extends Result> results, Function<? super Readable, ? extends T> row) {
    Objects.requireNonNull(row, "row");
    Flux<T> rows =
        Flux.from(Objects.requireNonNull(results, "results"))
            .concatMap(result -> result.map(row), 1);
    return JdkFlowAdapter.publisherToFlowPublisher(rows);
  }
}
