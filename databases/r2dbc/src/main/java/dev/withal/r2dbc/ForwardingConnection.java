package dev.withal.r2dbc;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionMetadata;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import org.reactivestreams.Publisher;

/** A connection that forwards all calls; a subclass overrides the ones that differ. */
abstract class ForwardingConnection implements Connection, Wrapped<Connection> {
  private final Connection target;

  ForwardingConnection(Connection target) {
    this.target = target;
  }

  @Override
  public Connection unwrap() {
    return target;
  }

  @Override
  public Publisher<Void> beginTransaction() {
    return target.beginTransaction();
  }

  @Override
  public Publisher<Void> beginTransaction(TransactionDefinition definition) {
    return target.beginTransaction(definition);
  }

  @Override
  public Publisher<Void> close() {
    return target.close();
  }

  @Override
  public Publisher<Void> commitTransaction() {
    return target.commitTransaction();
  }

  @Override
  public Batch createBatch() {
    return target.createBatch();
  }

  @Override
  public Publisher<Void> createSavepoint(String name) {
    return target.createSavepoint(name);
  }

  @Override
  public Statement createStatement(String sql) {
    return target.createStatement(sql);
  }

  @Override
  public boolean isAutoCommit() {
    return target.isAutoCommit();
  }

  @Override
  public ConnectionMetadata getMetadata() {
    return target.getMetadata();
  }

  @Override
  public IsolationLevel getTransactionIsolationLevel() {
    return target.getTransactionIsolationLevel();
  }

  @Override
  public Publisher<Void> releaseSavepoint(String name) {
    return target.releaseSavepoint(name);
  }

  @Override
  public Publisher<Void> rollbackTransaction() {
    return target.rollbackTransaction();
  }

  @Override
  public Publisher<Void> rollbackTransactionToSavepoint(String name) {
    return target.rollbackTransactionToSavepoint(name);
  }

  @Override
  public Publisher<Void> setAutoCommit(boolean autoCommit) {
    return target.setAutoCommit(autoCommit);
  }

  @Override
  public Publisher<Void> setLockWaitTimeout(Duration timeout) {
    return target.setLockWaitTimeout(timeout);
  }

  @Override
  public Publisher<Void> setStatementTimeout(Duration timeout) {
    return target.setStatementTimeout(timeout);
  }

  @Override
  public Publisher<Void> setTransactionIsolationLevel(IsolationLevel isolationLevel) {
    return target.setTransactionIsolationLevel(isolationLevel);
  }

  @Override
  public Publisher<Boolean> validate(ValidationDepth depth) {
    return target.validate(depth);
  }
}
