package dev.withal.r2dbc;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** One of our connections in the hands of foreign code, which gives it back by closing it. */
final class BorrowedConnection extends ForwardingConnection {
  private final Connection target;
  private final Borrowing borrowing;

  BorrowedConnection(Connection target, Borrowing borrowing) {
    super(target);
    this.target = target;
    this.borrowing = borrowing;
  }

  /** {@return the connection of one of our contexts} */
  Connection target() {
    return target;
  }

  /** {@return the connection of one of our contexts, unless this one was closed} */
  private Connection open() {
    if (borrowing.isClosed()) {
      throw new R2dbcNonTransientResourceException(
          "this connection is closed: take another one", "08003");
    }
    return target;
  }

  /** {@return the same step, which fails if it is taken after this connection was closed} */
  private Publisher<Void> step(Function<Connection, Publisher<Void>> step) {
    return Mono.defer(() -> Mono.from(step.apply(open())));
  }

  @Override
  public Publisher<Void> close() {
    return Mono.fromCompletionStage(
        () -> borrowing.close(() -> target instanceof Lease lease && lease.isBusy()));
  }

  @Override
  public Connection unwrap() {
    return ((ForwardingConnection) open()).unwrap();
  }

  @Override
  public Publisher<Void> beginTransaction() {
    return step(Connection::beginTransaction);
  }

  @Override
  public Publisher<Void> beginTransaction(TransactionDefinition definition) {
    return step(inside -> inside.beginTransaction(definition));
  }

  @Override
  public Publisher<Void> commitTransaction() {
    return step(Connection::commitTransaction);
  }

  @Override
  public Publisher<Void> rollbackTransaction() {
    return step(Connection::rollbackTransaction);
  }

  @Override
  public Publisher<Void> createSavepoint(String name) {
    return step(inside -> inside.createSavepoint(name));
  }

  @Override
  public Publisher<Void> releaseSavepoint(String name) {
    return step(inside -> inside.releaseSavepoint(name));
  }

  @Override
  public Publisher<Void> rollbackTransactionToSavepoint(String name) {
    return step(inside -> inside.rollbackTransactionToSavepoint(name));
  }

  @Override
  public Publisher<Void> setAutoCommit(boolean autoCommit) {
    return step(inside -> inside.setAutoCommit(autoCommit));
  }

  @Override
  public Publisher<Void> setLockWaitTimeout(Duration timeout) {
    return step(inside -> inside.setLockWaitTimeout(timeout));
  }

  @Override
  public Publisher<Void> setStatementTimeout(Duration timeout) {
    return step(inside -> inside.setStatementTimeout(timeout));
  }

  @Override
  public Publisher<Void> setTransactionIsolationLevel(IsolationLevel level) {
    return step(inside -> inside.setTransactionIsolationLevel(level));
  }

  @Override
  public boolean isAutoCommit() {
    return open().isAutoCommit();
  }

  @Override
  public IsolationLevel getTransactionIsolationLevel() {
    return open().getTransactionIsolationLevel();
  }

  @Override
  public Statement createStatement(String sql) {
    return open().createStatement(sql);
  }

  @Override
  public Batch createBatch() {
    return open().createBatch();
  }

  @Override
  public Publisher<Boolean> validate(ValidationDepth depth) {
    return Mono.defer(
        () -> borrowing.isClosed() ? Mono.just(false) : Mono.from(super.validate(depth)));
  }
}
