package dev.withal.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * A connection whose steps are taken only while a context has it.
 *
 * <p>Design: a step is taken when its publisher is subscribed to, which may be at any time. One
 * that is taken after the connection went back would end or undo a stranger's transaction, and one
 * that is still under way would begin one that a stranger doesn't know of. So steps are admitted as
 * statements are.
 */
abstract class GuardedConnection extends ForwardingConnection {
  private final Session session;
  private final Admission admission;

  GuardedConnection(Connection target, Session session, Admission admission) {
    super(target);
    this.session = session;
    this.admission = admission;
  }

  Admission admission() {
    return admission;
  }

  /** {@return the same step, for which the exits of this context and of those around it wait} */
  final <T> Mono<T> step(Mono<T> step) {
    return admission.step(stepAround(step));
  }

  /** {@return the same for the contexts around this one, whose own exit may take it} */
  final <T> Mono<T> stepAround(Mono<T> step) {
    GuardedConnection around = around(super.unwrap());
    return around == null ? step : around.step(step);
  }

  private static @Nullable GuardedConnection around(Connection target) {
    return switch (target) {
      case GuardedConnection guarded -> guarded;
      case NestedConnection nested -> nested.inner();
      case BorrowedConnection borrowed -> around(borrowed.target());
      default -> null;
    };
  }

  /** {@return a step of the driver, taken inside} */
  final Mono<Void> step(Supplier<? extends Publisher<Void>> call) {
    return step(Mono.defer(() -> Mono.from(call.get())));
  }

  @Override
  public Publisher<Void> beginTransaction() {
    return step(super::beginTransaction);
  }

  @Override
  public Publisher<Void> beginTransaction(TransactionDefinition definition) {
    return step(() -> super.beginTransaction(definition));
  }

  @Override
  public Publisher<Void> commitTransaction() {
    return step(super::commitTransaction);
  }

  @Override
  public Publisher<Void> rollbackTransaction() {
    return step(super::rollbackTransaction);
  }

  @Override
  public Publisher<Void> createSavepoint(String name) {
    return step(() -> super.createSavepoint(name));
  }

  @Override
  public Publisher<Void> releaseSavepoint(String name) {
    return step(() -> super.releaseSavepoint(name));
  }

  @Override
  public Publisher<Void> rollbackTransactionToSavepoint(String name) {
    return step(() -> super.rollbackTransactionToSavepoint(name));
  }

  @Override
  public Publisher<Void> setAutoCommit(boolean autoCommit) {
    return step(() -> super.setAutoCommit(autoCommit));
  }

  @Override
  public Publisher<Void> setTransactionIsolationLevel(IsolationLevel level) {
    return step(() -> super.setTransactionIsolationLevel(level));
  }

  @Override
  public Publisher<Void> setStatementTimeout(Duration timeout) {
    session.touch();
    return step(() -> super.setStatementTimeout(timeout));
  }

  @Override
  public Publisher<Void> setLockWaitTimeout(Duration timeout) {
    session.touch();
    return step(() -> super.setLockWaitTimeout(timeout));
  }

  /** A step as well: who asks for it may also have it stopped, with what a stranger has sent. */
  @Override
  public Publisher<Boolean> validate(ValidationDepth depth) {
    return step(Mono.defer(() -> Mono.from(super.validate(depth))));
  }

  /** The caller may then change the session in any way. */
  @Override
  public Connection unwrap() {
    session.touch();
    return super.unwrap();
  }
}
