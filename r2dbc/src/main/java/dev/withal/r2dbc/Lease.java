package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.ValidationDepth;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * A pool's connection for the time that one context has it.
 *
 * <p>Design: a connection is lent again only if it is known to be idle, in auto-commit mode, and
 * sound. Whoever has a doubt {@linkplain PhysicalConnection#doom dooms} it, and needs to do nothing
 * else.
 */
final class Lease extends ForwardingConnection implements AsyncContext<Connection> {

  /** The end of no step at all. */
  private static final CompletionStage<?> NOTHING = Failure.none();

  private final Admission admission;
  private final Runnable back;

  /**
   * @param context who has it, for messages
   * @param back called when the pool has it back, or has failed to take it
   */
  Lease(Connection pooled, String context, Runnable back) {
    super(pooled);
    this.admission = new Admission(context);
    this.back = back;
  }

  @Override
  public Statement createStatement(String sql) {
    return new GuardedStatement(super.createStatement(sql), admission);
  }

  @Override
  public Batch createBatch() {
    return new GuardedBatch(super.createBatch(), admission, UnaryOperator.identity());
  }

  @Override
  public Connection value() {
    return this;
  }

  /** Refused: the exit does it. */
  @Override
  public Publisher<Void> close() {
    throw new IllegalStateException(
        "this connection goes back to its pool when its context exits: return from the body"
            + " instead of calling close()");
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    CompletableFuture<@Nullable Void> nothingSent = admission.close();
    return nothingSent.isDone()
        ? giveBack(how)
        : (how.error() == null ? nothingSent : LeftBehind.stop(this, nothingSent))
            .thenCompose(_ -> giveBack(how));
  }

  private CompletionStage<Verdict> giveBack(ExitCase how) {
    if (how instanceof ExitCase.Cancelled cancelled) {
      if (cancelled.bodyStillRuns()) {
        PhysicalConnection.doom(this);
      } else if (!PhysicalConnection.isDoomed(this)) {
        return after(idle().thenCompose(_ -> tidied()));
      }
    }
    return after(tidied());
  }

  /** {@return a stage that completes when no statement runs any more} */
  private CompletionStage<?> idle() {
    return LeftBehind.<@Nullable Void>stop(
        this, Step.take(() -> super.validate(ValidationDepth.REMOTE)));
  }

  /** Undoes what the body began by hand and left open: nobody has asked to commit it. */
  private CompletionStage<?> tidied() {
    try {
      if (PhysicalConnection.isDoomed(this) || isAutoCommit()) {
        return NOTHING;
      }
    } catch (Throwable error) {
      return CompletableFuture.failedFuture(error);
    }
    return Step.take(this::rollbackTransaction)
        .thenCompose(_ -> Step.take(() -> setAutoCommit(true)));
  }

  /** {@return the answer when the steps have ended and the connection is back} */
  private CompletionStage<Verdict> after(CompletionStage<?> steps) {
    return steps == NOTHING
        ? returned(null)
        : steps
            .<@Nullable Throwable>handle((_, error) -> {
              if (error != null) {
                PhysicalConnection.doom(this);
              }
              return error;
            })
            .thenCompose(this::returned);
  }

  private static Verdict answer(@Nullable Throwable error, @Nullable Throwable failure) {
    Throwable shown = Failure.joined(error, failure);
    if (shown != null) {
      throw Failure.wrapped(shown);
    }
    return Verdict.PROPAGATE;
  }

  private CompletionStage<Verdict> returned(@Nullable Throwable error) {
    return Step.take(super::close)
        .handle((_, failure) -> {
          back.run();
          return answer(error, failure);
        });
  }
}
