package dev.withal.r2dbc;

import dev.withal.Async;
import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import dev.withal.database.testing.stories.Plan;
import dev.withal.database.testing.stories.Way;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A database that is there, and the style in which a test uses it. */
enum Setting implements Way {
  H2_MEMORY_DIRECT,
  H2_MEMORY_STAGES,
  H2_FILE_DIRECT,
  H2_FILE_STAGES,
  POSTGRESQL_DIRECT,
  POSTGRESQL_STAGES;

  /** H2 locks it, and JVMs may share the tests. */
  private static final Path H2_FILE =
      Path.of("target", "h2", "test" + ProcessHandle.current().pid()).toAbsolutePath();

  @Override
  public boolean isDirect() {
    return name().endsWith("DIRECT");
  }

  String url() {
    return switch (this) {
      case H2_MEMORY_DIRECT, H2_MEMORY_STAGES -> "r2dbc:h2:mem:///test?options=DB_CLOSE_DELAY=-1";
      case H2_FILE_DIRECT, H2_FILE_STAGES -> "r2dbc:h2:file:///" + H2_FILE;
      case POSTGRESQL_DIRECT, POSTGRESQL_STAGES -> Postgres.url();
    };
  }

  ConnectionFactory factory() {
    return ConnectionFactories.get(url());
  }

  /** Makes the table of the tests anew: {@code entry (id)}. */
  @Override
  public boolean isPostgres() {
    return name().startsWith("POSTGRESQL");
  }

  @Override
  public void makeTable() throws Exception {
    R2dbc.connection(url())
        .use(connection -> {
          run(connection, "drop table if exists entry");
          return run(connection, "create table entry (id int primary key)");
        });
  }

  /** {@return the rows of the table, as another connection sees them} */
  @Override
  public List<Integer> rows() throws Exception {
    return R2dbc.connection(url())
        .use(connection ->
            Async.await(
                R2dbc.list(
                    connection.createStatement("select id from entry order by id").execute(),
                    row -> row.get(0, Integer.class))));
  }

  @Override
  public void run(String sql) throws Exception {
    R2dbc.connection(url()).use(connection -> run(connection, sql));
  }

  @Override
  public long ask(String sql) throws Exception {
    return R2dbc.connection(url())
        .use(connection -> Async.await(new R2dbcLender.Statements(connection).ask(sql)));
  }

  @Override
  public void pool(Plan plan, Story story) throws Exception {
    String url = isPostgres() ? Postgres.urlOverPort(plan.port()) : url();
    R2dbc.pool(url, R2dbcLender.settings(plan))
        .<Void, Exception>use(pool -> {
          story.tell(new R2dbcLender(this, pool));
          return null;
        });
  }

  @Override
  public Exception failure(String message) {
    return new IOException(message);
  }

  @Override
  public Class<R2dbcException> failures() {
    return R2dbcException.class;
  }

  @Override
  public @Nullable String state(Throwable error) {
    return error instanceof R2dbcException told ? told.getSqlState() : null;
  }

  @Override
  public Class<? extends Exception> noConnection() {
    return R2dbcException.class;
  }

  @Override
  public Class<? extends Exception> exhausted() {
    return PoolExhaustedException.class;
  }

  @Override
  public Class<? extends Exception> ended() {
    return isDirect() ? InterruptedException.class : CancellationException.class;
  }

  @Override
  public Optional<String> outcome(Throwable error) {
    return error instanceof TransactionException told
        ? Optional.of(told.outcome().name())
        : Optional.empty();
  }

  static CompletableFuture<Void> insert(Connection connection, int id) {
    return R2dbc.completion(
        connection.createStatement("insert into entry values (" + id + ")").execute());
  }

  static Void run(Connection connection, String sql) throws InterruptedException {
    return Async.await(R2dbc.completion(connection.createStatement(sql).execute()));
  }

  /** Uses a manager in this style and returns what comes out of it. */
  <T, R> R use(AsyncContextManager<T> manager, AsyncBody<? super T, ? extends R> body)
      throws Exception {
    return isDirect()
        ? manager.<R, Exception>use(value -> Async.await(body.apply(value)))
        : Async.await(manager.<R>useAsync(body));
  }

  /** Runs a body in a transaction on a new connection, in this style. */
  <R> R inTransaction(ConnectionFactory factory, AsyncBody<? super Connection, ? extends R> body)
      throws Exception {
    AsyncContextManager<Connection> manager = R2dbc.connection(factory);
    return isDirect()
        ? manager.<R, Exception>use(connection ->
            R2dbc.transaction(connection)
                .<R, Exception>use(value -> Async.await(body.apply(value))))
        : Async.await(
            manager.<R>useAsync(connection -> R2dbc.transaction(connection).<R>useAsync(body)));
  }

  /** Uses a manager in this style, cancels when the body is done with its work, and returns why. */
  <T> Throwable cancel(AsyncContextManager<T> manager, AsyncBody<? super T, ?> work)
      throws Exception {
    var worked = new CompletableFuture<Void>();
    var never = new CompletableFuture<Void>();
    var error = new CompletableFuture<Throwable>();
    Runnable cancel;
    if (isDirect()) {
      cancel =
          Thread.startVirtualThread(() ->
              error.complete(
                  thrownBy(() ->
                      manager.<Void, Exception>use(value -> {
                        Async.await(work.apply(value));
                        worked.complete(null);
                        return Async.await(never);
                      }))))
              ::interrupt;
    } else {
      CompletableFuture<Void> use =
          manager.useAsync((value, cancellation) ->
              work.apply(value)
                  .thenCompose(done -> {
                    worked.complete(null);
                    return cancellation.cancelling(never);
                  }));
      use.whenComplete((done, thrown) -> error.complete(thrown));
      cancel = () -> use.cancel(true);
    }
    Async.await(CompletableFuture.anyOf(worked, error));
    cancel.run();
    return Async.await(error);
  }

  private interface Use {
    Object run() throws Exception;
  }

  private static Throwable thrownBy(Use use) {
    try {
      return new AssertionError("nothing was thrown but there was " + use.run());
    } catch (Throwable thrown) {
      return thrown;
    }
  }
}
