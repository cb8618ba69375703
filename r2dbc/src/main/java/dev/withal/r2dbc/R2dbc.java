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
 * Database connections and transactions as async context managers, and what a driver publishes as
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
 * been read to its end, which drivers need in order to go on. If anything fails, the subscription
 * is cancelled and the future fails with the same error. To cancel the returned future, or to
 * complete it in any other way, cancels the subscription. What that means is the driver's business:
 * many let a statement that has been sent run to its end, and a rollback waits in line behind it.
 *
 * <p><b>Silence.</b> What waits for the database, to open, to begin, to end and to clean up, is
 * bounded: see {@link Bounds}. Past a bound the connection is closed, which makes the driver fail
 * what it is asked.
 *
 * <p><b>Threads.</b> Nothing here blocks. A thread is started only to close what a pool throws away
 * or a bound is over for. In stage style, what follows a call to the database continues on the
 * thread on which the driver signals, usually an event loop's, which must not be blocked. A driver
 * of an embedded database, such as H2's, does its work on the calling thread.
 *
 * <p><b>Nulls.</b> A null argument is refused with a {@link NullPointerException}.
 */
public final class R2dbc {
  private R2dbc() {}

  /**
   * {@return a manager that opens a connection and closes it, however the body ended}
   *
   * <p>Who asks for a use to end while its connection is being opened does not cancel that: the
   * driver goes on, and the connection is closed when it comes. The enter fails with the driver's
   * error if there can be no connection, and with an {@link IllegalStateException} if the driver
   * gives neither. If the driver's error quotes a password, the enter fails instead with an {@link
   * io.r2dbc.spi.R2dbcNonTransientResourceException} that says the same without it.
   *
   * @param factory where the connections come from, for example a pool; stays the caller's
   */
  public static AsyncContextManager<Connection> connection(ConnectionFactory factory) {
    Objects.requireNonNull(factory, "factory");
    return connection(factory, factory.getMetadata().getName(), Secrets.unknown());
  }

  /**
   * {@return a manager of connections to the database at a URL, as from {@link
   * #connection(ConnectionFactory)}}
   *
   * <p>The URL reads {@code r2dbc:driver:protocol://user:password@host:port/database?option=value},
   * for example {@code r2dbc:h2:mem:///test}. Messages show it without user, password and options,
   * and so does the manager's {@code toString}.
   *
   * @param url names driver and database
   * @throws IllegalArgumentException if the URL is malformed, its driver is not there, or the
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
   * @param url names driver and database, as for {@link #connection(String)}
   * @throws IllegalArgumentException if the URL is no good, as for {@link #connection(String)}
   */
  public static AsyncContextManager<Pool> pool(String url) {
    return pool(url, PoolSettings.DEFAULT);
  }

  /**
   * {@return a manager of a pool of connections to the database at a URL}
   *
   * <p>The pool opens connections as they are needed. Its exit refuses whoever still waits for one,
   * waits until all that are in use have come back, and closes them.
   *
   * @param url names driver and database, as for {@link #connection(String)}
   * @param settings how large the pool is, and how long it is waited for
   * @throws IllegalArgumentException if the URL is no good, as for {@link #connection(String)}
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
   * @param factory where the connections come from, not itself a pool; stays the caller's
   * @param settings how large the pool is, and how long it is waited for
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
   * <p>Auto-commit is put back as it was before, unless the transaction could be neither committed
   * nor rolled back: to turn it on would then commit what is left. If it was off, what ran on the
   * connection since its last commit is part of the transaction.
   *
   * <p>A connection is in one transaction at a time: to enter a second one on it, and not on what
   * the first one's body was given, fails with an {@link IllegalStateException}.
   *
   * @param connection what the transaction is on; stays the caller's, who closes it after the exit
   */
  public static AsyncContextManager<Connection> transaction(Connection connection) {
    return Transaction.manager(
        Objects.requireNonNull(connection, "connection"), "R2dbc.transaction", null);
  }

  /**
   * {@return a manager of a transaction as from {@link #transaction(Connection)}, which begins with
   * an isolation level and the like}
   *
   * @param connection what the transaction is on; stays the caller's, who closes it after the exit
   * @param definition what it begins with, for example {@link TransactionOptions}
   * @throws IllegalArgumentException if the connection is in a transaction: a savepoint has none of
   *     these
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
   * {@return a future that completes with null when the publisher has completed} Results that it
   * emits are read to their end and dropped, and so is anything else.
   *
   * @param publisher what to wait for, for example {@link io.r2dbc.spi.Statement#execute()
   *     execute()} of a statement without interesting results, or a method of {@link Connection}
   */
  public static CompletableFuture<@Nullable Void> completion(Publisher<?> publisher) {
    return Consumption.toEnd(Objects.requireNonNull(publisher, "publisher"));
  }

  /**
   * {@return a future of the number of rows that the results say were inserted, updated or deleted,
   * all together; 0 if they say nothing of it}
   *
   * @param results what {@link io.r2dbc.spi.Statement#execute()} or {@link
   *     io.r2dbc.spi.Batch#execute()} returned
   */
  public static CompletableFuture<Long> rowsUpdated(Publisher<? extends Result> results) {
    return Consumption.rowsUpdated(Objects.requireNonNull(results, "results"));
  }

  /**
   * {@return a future of all rows of all results, in their order, in a list that can't be modified}
   *
   * @param results what {@link io.r2dbc.spi.Statement#execute()} returned
   * @param row reads one row, when the driver has it; must not block, nor return null. The row is
   *     good only until it returns. If it fails, so does the future
   * @param <T> the type of what a row is read into
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
   * @param results what {@link io.r2dbc.spi.Statement#execute()} returned
   * @param row reads one row, as in {@link #list}
   * @param <T> the type of what a row is read into
   */
  public static <T> CompletableFuture<@Nullable T> first(
      Publisher<? extends Result> results, Function<? super Readable, ? extends T> row) {
    Objects.requireNonNull(row, "row");
    return Consumption.first(Objects.requireNonNull(results, "results"), result -> result.map(row));
  }

  /**
   * {@return a publisher of the rows of all results, in their order} The statement runs when it is
   * subscribed to. No more rows are asked of the driver than the subscriber has asked for; how many
   * the driver asks of the server is its own business, and set by {@link
   * io.r2dbc.spi.Statement#fetchSize}. To cancel the subscription cancels the driver's.
   *
   * @param results what {@link io.r2dbc.spi.Statement#execute()} returned
   * @param row reads one row, as in {@link #list}
   * @param <T> the type of what a row is read into
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
