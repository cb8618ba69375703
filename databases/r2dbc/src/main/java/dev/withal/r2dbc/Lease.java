package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.internal.Bound;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * A pool's connection for as long as one context has it.
 *
 * <p>Design: a connection is lent again only if it is known to be idle, in auto-commit mode, and
 * sound. Code that has a doubt {@linkplain PhysicalConnection#doom dooms} it, and needs to do
 * nothing else. An exit that takes too long closes it by force, and the place is free in any case.
 */
final class Lease extends GuardedConnection implements AsyncContext<Connection> {

  /** A step that has already ended. */
  private static final CompletionStage<@Nullable Void> NOTHING = Failure.none();

  private final PhysicalConnection physical;
  private final String context;
  private final Hooked hooks;
  private final Predicate<PhysicalConnection> shelf;
  private final Runnable left;

  /** Whether a transaction has the connection, and the body has only that. */
  private volatile boolean forTransaction;

  /** Whether it was committed before the connection goes back. */
  private volatile boolean committed;

  /**
   * @param context the name of the context, for messages
   * @param hooks the hooks of its pool
   * @param shelf keeps the connection for the next holder, unless it refuses
   * @param left called when the connection is back, or belongs to nobody any more; may be called
   *     twice
   */
  Lease(
      PhysicalConnection physical,
      String context,
      Hooked hooks,
      Predicate<PhysicalConnection> shelf,
      Runnable left) {
    super(
        physical,
        physical.session(),
        new Admission(
            context,
            physical.session().course()::failedStatement,
            () -> null,
            physical.session().unread()));
    this.physical = physical;
    this.context = context;
    this.hooks = hooks;
    this.shelf = shelf;
    this.left = left;
  }

  PhysicalConnection physical() {
    return physical;
  }

  /** {@return the connection for a transaction, which ends before the exit} */
  PhysicalConnection forTransaction() {
    forTransaction = true;
    return physical;
  }

  /** {@return whether a statement or step is under way} */
  boolean isBusy() {
    return admission().isBusy();
  }

  @Override
  public Publisher<Void> beginTransaction(TransactionDefinition definition) {
    physical.session().willBegin(definition);
    return super.beginTransaction(definition);
  }

  @Override
  public Publisher<Void> setTransactionIsolationLevel(IsolationLevel level) {
    physical.session().willSetIsolation();
    return super.setTransactionIsolationLevel(level);
  }

  @Override
  public Statement createStatement(String sql) {
    physical.session().willRun(sql);
    return new GuardedStatement(
        super.createStatement(sql), admission(), physical.session().dialect());
  }

  @Override
  public Batch createBatch() {
    return new GuardedBatch(
        super.createBatch(),
        admission(),
        sql -> {
          physical.session().willRun(sql);
          return sql;
        });
  }

  @Override
  public Connection value() {
    return this;
  }

  /** Refused, as the exit does it. */
  @Override
  public Publisher<Void> close() {
    throw new IllegalStateException(
        context
            + " ends with its body: return to give the connection back, instead of calling"
            + " close()");
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    physical.exits();
    committed = forTransaction && how.error() == null;
    CompletableFuture<@Nullable Void> nothingSent = admission().close();
    CompletionStage<Verdict> exit =
        nothingSent.isDone() || physical.isAborted()
            ? giveBack(how)
            : (how.error() == null ? nothingSent : LeftBehind.stop(physical, nothingSent))
                .handle((ignored, error) -> error)
                .thenCompose(ignored -> giveBack(how));
    return Bound.within(
        physical.bounds().exit(),
        exit.toCompletableFuture(),
        physical::abort,
        () -> {
          left.run();
          return told(PhysicalConnection.closedByForce());
        });
  }

  private CompletionStage<Verdict> giveBack(ExitCase how) {
    boolean cancelled = how instanceof ExitCase.Cancelled;
    if (how instanceof ExitCase.Cancelled request && request.bodyStillRuns()) {
      physical.doom();
    }
    // Whether a transaction is open is known only when the driver has heard of all that was sent.
    return (cancelled || admission().hasLeftBehind()) && !physical.isDoomed()
        ? after(idle().thenCompose(ignored -> tidied()))
        : after(tidied());
  }

  /** {@return a stage that completes when no statement or step is under way any more} */
  private CompletionStage<?> idle() {
    return LeftBehind.<@Nullable Void>stop(
        physical, Step.take(() -> physical.validate(ValidationDepth.REMOTE)));
  }

  /** Undoes work that the body began by hand and left open, and its changes to the session. */
  private CompletionStage<?> tidied() {
    try {
      if (!hooks.heedsReturns()) {
        CompletionStage<?> rolledBack = rolledBack();
        return rolledBack == NOTHING ? putBack() : rolledBack.thenCompose(ignored -> putBack());
      }
      return rolledBack()
          .thenCompose(ignored -> hooked())
          .thenCompose(ignored -> rolledBack())
          .thenCompose(ignored -> putBack());
    } catch (Throwable error) {
      return CompletableFuture.failedFuture(error);
    }
  }

  private CompletionStage<@Nullable Void> rolledBack() {
    return physical.isDoomed() || isAutoCommit()
        ? NOTHING
        : Step.take(physical::rollbackTransaction)
            .thenCompose(ignored -> Step.take(() -> physical.setAutoCommit(true)));
  }

  private CompletionStage<@Nullable Void> hooked() {
    return physical.isDoomed() ? NOTHING : hooks.back(physical);
  }

  /** Resets the session; a connection whose database can't do that is discarded. */
  private CompletionStage<@Nullable Void> putBack() {
    if (physical.isDoomed()) {
      return NOTHING;
    }
    CompletableFuture<Boolean> putBack =
        physical
            .session()
            .putBack(hooks.settings().reset(), () -> hooks.putBack(physical))
            .toCompletableFuture();
    if (putBack.isDone() && !putBack.isCompletedExceptionally() && putBack.resultNow()) {
      return NOTHING;
    }
    return putBack.<@Nullable Void>thenApply(done -> {
      if (!done) {
        physical.doom();
      }
      return null;
    });
  }

  /** {@return the verdict, when the steps have ended and the connection is back} */
  private CompletionStage<Verdict> after(CompletionStage<?> steps) {
    return steps == NOTHING
        ? returned(null)
        : steps
            .<@Nullable Throwable>handle((ignored, error) -> {
              if (error != null) {
                physical.doom();
              }
              return error;
            })
            .thenCompose(this::returned);
  }

  private CompletionStage<Verdict> returned(@Nullable Throwable error) {
    return kept()
        .handle((ignored, failure) -> {
          left.run();
          Throwable shown = Failure.joined(error, failure);
          if (shown != null) {
            throw Failure.wrapped(told(shown));
          }
          return Verdict.PROPAGATE;
        });
  }

  private Throwable told(Throwable error) {
    return committed
        ? Failure.afterTransaction(context, "its connection could not be given back", error)
        : error;
  }

  /** Puts the connection on the shelf, or discards it. {@return the stage of that} */
  private CompletionStage<@Nullable Void> kept() {
    if (physical.isAborted()) {
      return NOTHING;
    }
    if (physical.isDoomed()) {
      return closed();
    }
    // A driver may have closed it, as some do when their server has gone.
    return physical
        .isValid(ValidationDepth.LOCAL, physical.bounds().validate())
        .thenCompose(valid ->
            valid
                ? physical
                    .isBack()
                    .thenCompose(ignored -> shelf.test(physical) ? NOTHING : closed())
                : closed());
  }

  private CompletionStage<@Nullable Void> closed() {
    return Step.take(physical::close);
  }
}
