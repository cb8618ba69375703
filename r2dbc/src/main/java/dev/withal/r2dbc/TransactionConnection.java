package dev.withal.r2dbc;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** A connection as a transaction's body sees it: to end the transaction is left to its exit. */
final class TransactionConnection extends ForwardingConnection {

  private final String name;
  private final PhysicalConnection physical;
  private final AtomicInteger savepoints;
  private final Admission admission;

  TransactionConnection(Connection target, String name, PhysicalConnection physical) {
    this(target, name, physical, new AtomicInteger());
  }

  private TransactionConnection(
      Connection target, String name, PhysicalConnection physical, AtomicInteger savepoints) {
    super(target);
    this.name = name;
    this.physical = physical;
    this.savepoints = savepoints;
    this.admission = new Admission(name);
  }

  /** {@return this connection, for the body of a nested transaction} */
  TransactionConnection nested() {
    return new TransactionConnection(this, name, physical, savepoints);
  }

  /**
   * Lets no statement through any more. {@return a future that completes when none is on its way}
   */
  CompletableFuture<@Nullable Void> end() {
    return admission.close();
  }

  /** {@return the driver's connection below it} */
  PhysicalConnection physical() {
    return physical;
  }

  /** Whoever has it may do as he likes with the session. */
  @Override
  public Connection unwrap() {
    physical.session().touch();
    return super.unwrap();
  }

  @Override
  public Publisher<Void> setTransactionIsolationLevel(IsolationLevel level) {
    physical.session().keepIsolation();
    return super.setTransactionIsolationLevel(level);
  }

  @Override
  public Publisher<Void> setStatementTimeout(Duration timeout) {
    physical.session().touch();
    return super.setStatementTimeout(timeout);
  }

  @Override
  public Publisher<Void> setLockWaitTimeout(Duration timeout) {
    physical.session().touch();
    return super.setLockWaitTimeout(timeout);
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
    return new GuardedStatement(super.createStatement(checked(sql)), admission);
  }

  @Override
  public Batch createBatch() {
    return new GuardedBatch(super.createBatch(), admission, this::checked);
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
            + " ends when its body does: return to commit or throw to roll back, instead of "
            + call
            + "; for a transaction inside it, use R2dbc.transaction(connection)");
  }
}
