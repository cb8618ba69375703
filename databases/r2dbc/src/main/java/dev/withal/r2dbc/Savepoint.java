package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.internal.Bound;
import dev.withal.r2dbc.TransactionException.Outcome;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.TransactionDefinition;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A transaction inside another one, whose work can be undone alone.
 *
 * <p>Design: one that can't be kept is undone, so that the transaction around it goes on. A server
 * that aborted the transaction when a statement failed has done so up to the savepoint only.
 *
 * <p>One that comes after its enter was given up is left to the transaction around it: to undo or
 * release it would undo that one's newer work, or release savepoints that it has set since.
 *
 * <p>So is one that outlives the transaction around it: the connection may be a stranger's by then.
 */
final class Savepoint implements AsyncContext<Connection> {
  private final TransactionConnection outer;
  private final TransactionConnection value;
  private final String savepoint;

  /** Whether a body may have the connection. */
  private volatile boolean handedOut;

  private Savepoint(TransactionConnection outer, String name, String savepoint) {
    this.outer = outer;
    this.value = outer.nested(name);
    this.savepoint = savepoint;
  }

  static AsyncContextManager<Connection> manager(
      TransactionConnection outer, @Nullable TransactionDefinition definition) {
    // A definition of others can hold options that nobody can ask it for.
    if (definition != null && !(definition instanceof TransactionOptions own && own.isPlain())) {
      throw hasNoneOfIts(outer);
    }
    String given = definition == null ? null : definition.getAttribute(TransactionDefinition.NAME);
    String name = given == null ? outer.name() + ", savepoint" : given;
    AsyncContextManager<Connection> manager = () -> begin(outer, name);
    return manager.named(name);
  }

  /** {@return the error for a definition with options that a savepoint doesn't have} */
  static IllegalArgumentException hasNoneOfIts(TransactionConnection outer) {
    return new IllegalArgumentException(
        outer.name()
            + " has begun, and a transaction inside it is a savepoint, which has no"
            + " isolation level or other options of its own: leave them out");
  }

  private static CompletionStage<Savepoint> begin(TransactionConnection outer, String name) {
    String savepoint = outer.nextSavepoint();
    PhysicalConnection physical = outer.physical();
    return Step.readOnly(
        Bound.within(
                physical.bounds().connect(),
                Step.take(() -> {
                  outer.requireOpen();
                  return outer.set(savepoint);
                }),
                physical::abort,
                PhysicalConnection::closedByForce)
            .handle((ignored, error) -> {
              if (error != null) {
                throw Failure.wrapped(
                    TransactionException.of(
                        name,
                        "the savepoint could not be set",
                        Failure.unwrapped(error),
                        Outcome.NOT_COMMITTED));
              }
              return new Savepoint(outer, name, savepoint);
            }));
  }

  @Override
  public Connection value() {
    handedOut = true;
    return value;
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    if (!handedOut) {
      return Verdict.PROPAGATE.now();
    }
    PhysicalConnection physical = outer.physical();
    CompletableFuture<Verdict> end =
        (how.error() == null || outer.hasEnded()
                ? value.end(how)
                : LeftBehind.stop(physical, value.end(how)))
            .handle((ignored, error) -> error)
            .thenCompose(ignored -> conclude(how))
            .<Verdict>thenApply(ignored -> Verdict.PROPAGATE)
            .toCompletableFuture();
    return Bound.within(
        physical.bounds().exit(),
        end,
        this::abort,
        () -> failed("the savepoint could not be ended", PhysicalConnection.closedByForce()));
  }

  /** Closes the connection, unless that is left to the exit of a transaction around this one. */
  private void abort() {
    if (!outer.hasEnded()) {
      outer.physical().abort();
    }
  }

  private CompletableFuture<@Nullable Object> conclude(ExitCase how) {
    return (how.error() == null
            ? keep().exceptionallyCompose(failure -> afterRollback(failure, how))
            : rollback(how))
        .thenApply(end -> end);
  }

  /** Leaves the work to the transaction around this one. */
  private CompletableFuture<@Nullable Void> keep() {
    return nestedRolledBack()
        .thenCompose(ignored -> {
          TransactionException refusal = outer.physical().session().course().refusal(value.name());
          // Guard against race with the next user of the connection, whose refusal that would be.
          return refusal == null || outer.hasEnded()
              ? release()
              : CompletableFuture.failedFuture(refusal);
        });
  }

  private CompletableFuture<@Nullable Void> afterRollback(Throwable failure, ExitCase how) {
    if (outer.hasEnded()) {
      return CompletableFuture.failedFuture(failure);
    }
    return rollback(how)
        .handle((ignored, error) -> {
          throw Failure.wrapped(Objects.requireNonNull(told(failure, error)));
        });
  }

  /** {@return the failure, or if the savepoint is gone, that a statement may have committed it} */
  private static @Nullable Throwable told(Throwable failure, @Nullable Throwable rollback) {
    return rollback != null && outcomeOf(failure) != outcomeOf(rollback)
        ? Failure.joined(rollback, failure)
        : Failure.joined(failure, rollback);
  }

  private static @Nullable Outcome outcomeOf(Throwable error) {
    return Failure.unwrapped(error) instanceof TransactionException told ? told.outcome() : null;
  }

  private CompletableFuture<@Nullable Void> nestedRolledBack() {
    return value
        .rollBackNested()
        .exceptionallyCompose(error ->
            CompletableFuture.failedFuture(
                failed(
                    "a transaction inside it was not ended and could not be rolled back", error)));
  }

  private CompletableFuture<@Nullable Void> release() {
    return Step.take(() -> outer.releaseSavepoint(savepoint))
        .exceptionallyCompose(error ->
            CompletableFuture.failedFuture(failed("the savepoint could not be released", error)));
  }

  private CompletableFuture<?> rollback(ExitCase how) {
    // A failure is recorded inside, so that the commit of the outer one can't come before.
    CompletableFuture<@Nullable Void> rollback =
        Step.take(() ->
            outer.step(
                Mono.defer(() -> Mono.from(outer.rolledBackTo(savepoint)))
                    .doOnError(outer::failedRollback)));
    CompletionStage<@Nullable Void> done =
        how instanceof ExitCase.Cancelled ? LeftBehind.stop(outer.physical(), rollback) : rollback;
    return done.exceptionallyCompose(error ->
            CompletableFuture.failedFuture(failed("the rollback to the savepoint failed", error)))
        .thenCompose(ignored -> release())
        .toCompletableFuture();
  }

  private TransactionException failed(String what, Throwable error) {
    return TransactionException.of(
        value.name(),
        what,
        Failure.unwrapped(error),
        outer.hasEnded() ? outer.outcomeOfRest() : outer.physical().session().course().outcome());
  }
}
