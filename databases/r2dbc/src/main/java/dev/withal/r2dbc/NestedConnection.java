package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.internal.Bound;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.TransactionDefinition;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * The connection of a transaction for foreign code that begins and ends its own transactions by
 * hand. Each of these is a savepoint.
 *
 * <p>Design: drivers silently ignore the begin of a transaction within a transaction, and so does
 * this one.
 */
final class NestedConnection extends ForwardingConnection implements AsyncContext<Connection> {
  private final TransactionConnection outer;
  private final TransactionConnection inner;

  /** The savepoint of the transaction that was begun by hand; null if none is open. */
  private volatile @Nullable String savepoint;

  /** The end of the last savepoint, which a caller may have given up under way. */
  private volatile CompletableFuture<@Nullable Void> releasing = Failure.none();

  private NestedConnection(TransactionConnection outer, TransactionConnection inner) {
    super(inner);
    this.outer = outer;
    this.inner = inner;
  }

  /** {@return a manager of one more view of a transaction's connection} */
  static AsyncContextManager<Connection> manager(TransactionConnection outer) {
    AsyncContextManager<Connection> manager =
        () -> {
          outer.requireOpen();
          return CompletableFuture.completedStage(
              new NestedConnection(outer, outer.nested(outer.name())));
        };
    return manager.named(outer.name() + ", connection factory");
  }

  TransactionConnection inner() {
    return inner;
  }

  @Override
  public Connection value() {
    return this;
  }

  @Override
  public boolean isAutoCommit() {
    return savepoint == null;
  }

  @Override
  public Publisher<Void> beginTransaction() {
    return Mono.defer(() -> {
      inner.requireOpen();
      if (savepoint != null) {
        return Mono.empty();
      }
      String name = outer.nextSavepoint();
      return inner.step(
          Mono.from(inner.createSavepoint(name))
              .then(
                  Mono.fromRunnable(() -> {
                    savepoint = name;
                    outer.began(this);
                  })));
    });
  }

  @Override
  public Publisher<Void> beginTransaction(TransactionDefinition definition) {
    return Mono.defer(() -> {
      if (definition.getAttribute(TransactionDefinition.ISOLATION_LEVEL) != null
          || definition.getAttribute(TransactionDefinition.LOCK_WAIT_TIMEOUT) != null
          || Boolean.TRUE.equals(definition.getAttribute(TransactionDefinition.READ_ONLY))) {
        throw Savepoint.hasNoneOfIts(outer);
      }
      return Mono.from(beginTransaction());
    });
  }

  @Override
  public Publisher<Void> commitTransaction() {
    return Mono.defer(() -> {
      inner.requireOpen();
      String open = savepoint;
      return open == null ? refused("commitTransaction()") : inner.step(released(open));
    });
  }

  @Override
  public Publisher<Void> rollbackTransaction() {
    return Mono.defer(() -> {
      inner.requireOpen();
      String open = savepoint;
      return open == null ? refused("rollbackTransaction()") : inner.step(rolledBack(open));
    });
  }

  @Override
  public Publisher<Void> setAutoCommit(boolean autoCommit) {
    return Mono.defer(() -> {
      if (autoCommit == isAutoCommit()) {
        return Mono.empty();
      }
      return Mono.from(autoCommit ? commitTransaction() : beginTransaction());
    });
  }

  private Mono<Void> refused(String call) {
    return Mono.error(
        new IllegalStateException(
            outer.name()
                + " ends with its body, and no transaction was begun inside it: call"
                + " beginTransaction() before "
                + call));
  }

  private Mono<Void> released(String open) {
    // The server releases it even if the caller gives up.
    return Mono.defer(() -> {
      CompletableFuture<@Nullable Void> end = Step.take(() -> inner.released(open));
      releasing =
          end.<@Nullable Void>thenApply(ignored -> {
            over();
            return null;
          });
      return Mono.fromFuture(releasing, true).then();
    });
  }

  private Mono<Void> rolledBack(String open) {
    return Mono.from(inner.rolledBackTo(open))
        .doOnError(outer::failedRollback)
        .then(Mono.defer(() -> released(open)));
  }

  private void over() {
    savepoint = null;
    outer.ended(this);
  }

  /** Undoes work that was begun by hand and not ended. {@return the stage of that} */
  CompletableFuture<@Nullable Void> rollBackIfOpen() {
    return releasing.handle((ignored, unused) -> null).thenCompose(ignored -> rollBackWhatIsOpen());
  }

  private CompletableFuture<@Nullable Void> rollBackWhatIsOpen() {
    String open = savepoint;
    if (open == null) {
      return Failure.none();
    }
    if (outer.physical().isAborted()) {
      over();
      return Failure.none();
    }
    return Step.take(() -> rolledBack(open));
  }

  /**
   * {@return the stage of the same step, taken inside the enclosing transaction} Guard against race
   * with the end of that transaction: it has undone this one then, and nothing may be sent any
   * more.
   */
  private CompletableFuture<@Nullable Void> rolledBackAtEnd() {
    return Step.take(() -> outer.step(Mono.defer(() -> Mono.fromFuture(rollBackIfOpen()))))
        .exceptionallyCompose(
            error -> outer.hasEnded() ? Failure.none() : CompletableFuture.failedFuture(error));
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    PhysicalConnection physical = outer.physical();
    CompletableFuture<@Nullable Void> nothingSent = inner.end(how);
    CompletableFuture<Verdict> exit =
        LeftBehind.stop(physical, nothingSent)
            .handle((ignored, error) -> error)
            .thenCompose(ignored -> rolledBackAtEnd())
            .<Verdict>thenApply(ignored -> Verdict.PROPAGATE)
            .toCompletableFuture();
    return Bound.within(
        physical.bounds().exit(), exit, physical::abort, PhysicalConnection::closedByForce);
  }
}
