package dev.withal.jdbc;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import dev.withal.database.ObservablePool;
import dev.withal.database.Retrying;
import dev.withal.database.testing.stories.Deal;
import dev.withal.database.testing.stories.Lender;
import dev.withal.database.testing.stories.Plan;
import dev.withal.database.testing.stories.Plan.Hook;
import dev.withal.database.testing.stories.Plan.Validation;
import dev.withal.database.testing.stories.Running;
import dev.withal.database.testing.stories.Session;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A pool of this module in the shared stories. */
record JdbcLender(Setting setting, Pool pool) implements Lender {

  static PoolSettings settings(Plan plan) {
    PoolSettings settings =
        PoolSettings.ofSize(plan.size())
            .withEnterTimeout(plan.enterTimeout())
            .withBounds(plan.bounds())
            .withHooks(
                PoolHooks.NONE
                    .onOpen(hook(plan.hooks().onOpen()))
                    .onLend(hook(plan.hooks().onLend()))
                    .onReturn(hook(plan.hooks().onReturn())));
    return plan.validation() == Validation.BEFORE_EACH_USE
        ? settings.withValidation(PoolSettings.Validation.ALWAYS)
        : settings;
  }

  private static PoolHooks.Hook hook(Hook hook) {
    return connection -> {
      try {
        Async.<Object, Exception>await(hook.call(new Blocking(connection)));
      } catch (SQLException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    };
  }

  @Override
  public ObservablePool seen() {
    return pool;
  }

  @Override
  public <R> Running<R> connection(String name, Script<R> body) {
    return begin(pool.connection(name), body);
  }

  @Override
  public <R> Running<R> transaction(Deal deal, Script<R> body) {
    return begin(pool.transaction(options(deal)), body);
  }

  @Override
  public <R> Running<R> retried(Deal deal, Script<R> body) {
    Retrying<Connection> manager = Jdbc.retrying(pool.transaction(options(deal)));
    return setting.isDirect()
        ? Running.on(setting.threads(), () -> manager.<R, Exception>use(blocking(body)))
        : Running.of(manager.useAsync(connection -> body.play(new Staged(connection))));
  }

  private <R> Running<R> begin(AsyncContextManager<Connection> manager, Script<R> body) {
    return setting.isDirect()
        ? Running.on(setting.threads(), () -> manager.<R, Exception>use(blocking(body)))
        : Running.of(manager.useAsync(connection -> body.play(new Staged(connection))));
  }

  private static <R> Body<Connection, R, Exception> blocking(Script<R> body) {
    return connection -> Async.<R, Exception>await(body.play(new Blocking(connection)));
  }

  private static TransactionOptions options(Deal deal) {
    TransactionOptions options = TransactionOptions.DEFAULT.named(deal.named());
    if (deal == Deal.SERIALIZABLE) {
      options = options.isolation(IsolationLevel.SERIALIZABLE);
    }
    if (deal.statementTimeout() != null) {
      options = options.statementTimeout(deal.statementTimeout());
    }
    if (deal.lockWait() != null) {
      options = options.lockWait(deal.lockWait());
    }
    return options;
  }

  private static int count(Connection connection, String sql, int fetchSize) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(fetchSize);
      try (ResultSet result = statement.executeQuery(sql)) {
        int rows = 0;
        while (result.next()) {
          rows++;
        }
        return rows;
      }
    }
  }

  private static int begin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    return 0;
  }

  /** What both kinds of sessions are made of. */
  private interface Calls extends Session {
    Connection connection();

    <R> CompletionStage<R> call(Body<? super Connection, ? extends R, Exception> body);

    @Override
    default CompletionStage<?> run(String sql) {
      return call(connection -> Setting.run(connection, sql));
    }

    @Override
    default CompletionStage<Long> ask(String sql) {
      return call(connection -> Setting.ask(connection, sql));
    }

    @Override
    default CompletionStage<Integer> count(String sql, int fetchSize) {
      return call(connection -> JdbcLender.count(connection, sql, fetchSize));
    }

    @Override
    default boolean isAutoCommit() throws SQLException {
      return connection().getAutoCommit();
    }

    @Override
    default CompletionStage<?> beginByHand() {
      return call(JdbcLender::begin);
    }
  }

  /** Calls the driver where it is called itself. */
  private record Blocking(Connection connection) implements Calls {

    @Override
    public <R> CompletionStage<R> call(Body<? super Connection, ? extends R, Exception> body) {
      try {
        return CompletableFuture.completedStage(body.apply(connection));
      } catch (Exception e) {
        return CompletableFuture.failedStage(e);
      }
    }

    @Override
    public <R> CompletionStage<R> transaction(Deal deal, Script<R> body) {
      return call(connection ->
          Jdbc.transaction(connection, options(deal))
              .<R, Exception>use(
                  inner -> Async.<R, Exception>await(body.play(new Blocking(inner)))));
    }
  }

  /** Calls it on threads that may block. */
  private record Staged(Connection connection) implements Calls {

    @Override
    public <R> CompletionStage<R> call(Body<? super Connection, ? extends R, Exception> body) {
      return Jdbc.callAsync(connection, body);
    }

    @Override
    public <R> CompletionStage<R> transaction(Deal deal, Script<R> body) {
      return Jdbc.transaction(connection, options(deal))
          .<R>useAsync(inner -> body.play(new Staged(inner)));
    }
  }
}
