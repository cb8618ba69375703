package dev.withal.r2dbc;

import dev.withal.ExitCase;
import dev.withal.database.internal.SqlDialect;
import dev.withal.r2dbc.TransactionException.Outcome;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A connection as a transaction's body sees it: ending the transaction is left to its exit. */
final class TransactionConnection extends GuardedConnection {

  private final Connection target;
  private final String name;
  private final PhysicalConnection physical;
  private final AtomicInteger savepoints;

  /** The nested connections with an open transaction, the last one begun last. */
  private final Deque<NestedConnection> nested = new ConcurrentLinkedDeque<>();

  /** Whether the exit undoes the work; written before anybody can see that it has begun. */
  private volatile boolean undone;

  TransactionConnection(Connection target, String name, PhysicalConnection physical) {
    this(target, name, physical, new AtomicInteger());
  }

  private TransactionConnection(
      Connection target, String name, PhysicalConnection physical, AtomicInteger savepoints) {
    super(
        target,
        physical.session(),
        new Admission(
            name,
            physical.session().course()::failedStatement,
            () -> physical.session().course().aborted(name),
            physical.session().unread()));
    this.target = target;
    this.name = name;
    this.physical = physical;
    this.savepoints = savepoints;
  }

  /** {@return this connection, for the body of a nested transaction of that name} */
  TransactionConnection nested(String inner) {
    return new TransactionConnection(this, inner, physical, savepoints);
  }

  /** Admits no more statements and steps. {@return a future that completes when none is inside} */
  CompletableFuture<@Nullable Void> end(ExitCase how) {
    undone = how.error() != null;
    return admission().close();
  }

  /** Refuses calls after the exit of this transaction or of one around it. */
  void requireOpen() {
    if (hasEnded()) {
      throw new IllegalStateException(name + " has ended: use its connection in the body only");
    }
  }

  /** {@return whether the exit of this transaction or of one around it has begun} */
  boolean hasEnded() {
    return admission().isClosed()
        || (target instanceof TransactionConnection around && around.hasEnded());
  }

  /** {@return the outcome of work that was left to this transaction, which has ended} */
  Outcome outcomeOfRest() {
    return isUndone() ? Outcome.NOT_COMMITTED : Outcome.UNKNOWN;
  }

  private boolean isUndone() {
    return undone || (target instanceof TransactionConnection around && around.isUndone());
  }

  void began(NestedConnection connection) {
    nested.addLast(connection);
  }

  void ended(NestedConnection connection) {
    nested.remove(connection);
  }

  boolean hasNested() {
    return !nested.isEmpty();
  }

  /** Undoes transactions begun by hand inside and not ended, as nobody has asked to commit them. */
  CompletableFuture<@Nullable Void> rollBackNested() {
    NestedConnection last = nested.pollLast();
    return last == null
        ? Failure.none()
        : Step.take(() -> stepAround(Mono.defer(() -> Mono.fromFuture(last.rollBackIfOpen()))))
            .thenCompose(ignored -> rollBackNested());
  }

  /** Records that work inside could not be undone. Nobody else may have the connection then. */
  void failedRollback(Throwable error) {
    physical.session().course().failedRollback(error);
    physical.doom();
  }

  /** {@return the driver's connection below this one} */
  PhysicalConnection physical() {
    return physical;
  }

  /** Setting it makes H2 commit, and PostgreSQL refuses. */
  @Override
  public Publisher<Void> setTransactionIsolationLevel(IsolationLevel level) {
    throw new IllegalStateException(
        name
            + " is in a transaction, whose isolation level can't be changed: set it in the"
            + " TransactionOptions with which the transaction begins");
  }

  @Override
  public Publisher<Void> createSavepoint(String savepoint) {
    requireName(savepoint);
    return step(() -> set(savepoint));
  }

  @Override
  public Publisher<Void> releaseSavepoint(String savepoint) {
    requireName(savepoint);
    return step(() -> released(savepoint));
  }

  @Override
  public Publisher<Void> rollbackTransactionToSavepoint(String savepoint) {
    requireName(savepoint);
    return step(() -> rolledBackTo(savepoint));
  }

  /**
   * {@return the same as {@link #createSavepoint}, for the enter of a transaction inside} The exit
   * of this one doesn't wait for it: an enter that is given up may take as long as it likes.
   */
  Publisher<Void> set(String savepoint) {
    return dialect() == SqlDialect.POSTGRESQL
        ? sent("SAVEPOINT " + savepoint)
        : driver().createSavepoint(savepoint);
  }

  /** {@return the same as {@link #releaseSavepoint}, for a step that is admitted already} */
  Publisher<Void> released(String savepoint) {
    return dialect() == SqlDialect.POSTGRESQL
        ? sent("RELEASE SAVEPOINT " + savepoint)
        // Some drivers can't, and the end of the transaction releases it.
        : Mono.defer(() -> Mono.from(driver().releaseSavepoint(savepoint)))
            .onErrorComplete(TransactionConnection::isUnsupported);
  }

  /** {@return the same as {@link #rollbackTransactionToSavepoint}, for such a step} */
  Publisher<Void> rolledBackTo(String savepoint) {
    return switch (dialect()) {
      case POSTGRESQL -> sent("ROLLBACK TO SAVEPOINT " + savepoint);
      case MARIADB -> sent("ROLLBACK TO SAVEPOINT `" + savepoint.replace("`", "``") + '`');
      case OTHER -> driver().rollbackTransactionToSavepoint(savepoint);
    };
  }

  /** Refuses a name that would end the transaction, as drivers put it into a text of theirs. */
  private static void requireName(String savepoint) {
    if (savepoint.indexOf(';') >= 0) {
      throw new IllegalArgumentException(
          "a savepoint can't be named \"" + savepoint + "\": use a name without a semicolon");
    }
  }

  private static boolean isUnsupported(Throwable error) {
    return error instanceof UnsupportedOperationException
        || (error instanceof R2dbcException failure && "0A000".equals(failure.getSqlState()));
  }

  /** {@return the connection below all transactions} */
  private Connection driver() {
    return target instanceof TransactionConnection around ? around.driver() : target;
  }

  /**
   * {@return a step that is sent to the server in any case} The drivers of these databases skip one
   * that can't succeed, and call it done; PostgreSQL's may also hear of that too late to skip it.
   */
  private Publisher<Void> sent(String sql) {
    return Flux.from(physical.createStatement(sql).execute())
        .flatMap(Result::getRowsUpdated)
        .then();
  }

  private SqlDialect dialect() {
    return physical.session().dialect();
  }

  String name() {
    return name;
  }

  String nextSavepoint() {
    return "withal_" + savepoints.incrementAndGet();
  }

  @Override
  public Publisher<Void> beginTransaction() {
    throw refused("beginTransaction()");
  }

  @Override
  public Publisher<Void> beginTransaction(TransactionDefinition definition) {
    throw refused("beginTransaction()");
  }

  @Override
  public Publisher<Void> commitTransaction() {
    throw refused("commitTransaction()");
  }

  @Override
  public Publisher<Void> rollbackTransaction() {
    throw refused("rollbackTransaction()");
  }

  @Override
  public Publisher<Void> setAutoCommit(boolean autoCommit) {
    throw refused("setAutoCommit()");
  }

  @Override
  public Publisher<Void> close() {
    throw refused("close()");
  }

  @Override
  public Statement createStatement(String sql) {
    return new GuardedStatement(
        super.createStatement(checked(sql)), admission(), physical.session().dialect());
  }

  @Override
  public Batch createBatch() {
    return new GuardedBatch(super.createBatch(), admission(), this::checked);
  }

  private String checked(String sql) {
    String ending = physical.session().willRun(sql).ending();
    if (ending != null) {
      throw refused("the statement \"" + ending + "\"");
    }
    return sql;
  }

  private IllegalStateException refused(String call) {
    return new IllegalStateException(
        name
            + " ends with its body: return to commit or throw to roll back, instead of "
            + call
            + "; for a transaction inside it, use R2dbc.transaction(connection)");
  }
}
