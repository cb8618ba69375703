package dev.withal.r2dbc;

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
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.ValidationDepth;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** A pool of this module in the shared stories. */
record R2dbcLender(Setting setting, Pool pool) implements Lender {

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
        ? settings.withValidation(ValidationDepth.REMOTE)
        : settings;
  }

  private static PoolHooks.Hook hook(Hook hook) {
    return connection -> hook.call(new Statements(connection));
  }

  @Override
  public ObservablePool seen() {
    return pool;
  }

  @Override
  public <R> Running<R> connection(String name, Script<R> body) {
    return begin(setting, pool.connection(name), body);
  }

  @Override
  public <R> Running<R> transaction(Deal deal, Script<R> body) {
    return begin(setting, pool.transaction(options(deal)), body);
  }

  @Override
  public <R> Running<R> retried(Deal deal, Script<R> body) {
    Retrying<Connection> manager = R2dbc.retrying(pool.transaction(options(deal)));
    return setting.isDirect()
        ? Running.on(Thread.ofVirtual(), () -> manager.<R, Exception>use(blocking(body)))
        : Running.of(manager.useAsync(connection -> body.play(new Statements(connection))));
  }

  static <R> Running<R> begin(
      Setting setting, AsyncContextManager<Connection> manager, Script<R> body) {
    return setting.isDirect()
        ? Running.on(Thread.ofVirtual(), () -> manager.<R, Exception>use(blocking(body)))
        : Running.of(
            manager.useAsync((connection, cancellation) ->
                cancellation.cancelling(
                    body.play(new Statements(connection))
                        .<R>thenApply(done -> done)
                        .toCompletableFuture())));
  }

  private static <R> Body<Connection, R, Exception> blocking(Script<R> body) {
    return connection -> Async.<R, Exception>await(body.play(new Statements(connection)));
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

  /** What is said to a connection, in either style. */
  record Statements(Connection connection) implements Session {

    @Override
    public CompletionStage<?> run(String sql) {
      return R2dbc.completion(connection.createStatement(sql).execute());
    }

    @Override
    public CompletionStage<Long> ask(String sql) {
      return R2dbc.first(connection.createStatement(sql).execute(), row -> row.get(0, Number.class))
          .thenApply(number -> Objects.requireNonNull(number).longValue());
    }

    @Override
    public CompletionStage<Integer> count(String sql, int fetchSize) {
      return R2dbc.list(
              connection.createStatement(sql).fetchSize(fetchSize).execute(),
              row -> row.get(0, Integer.class))
          .thenApply(List::size);
    }

    @Override
    public <R> CompletionStage<R> transaction(Deal deal, Script<R> body) {
      return R2dbc.transaction(connection, options(deal))
          .<R>useAsync(inner -> body.play(new Statements(inner)));
    }

    @Override
    public boolean isAutoCommit() {
      return connection.isAutoCommit();
    }

    @Override
    public CompletionStage<?> beginByHand() {
      return R2dbc.completion(connection.setAutoCommit(false));
    }
  }
}
