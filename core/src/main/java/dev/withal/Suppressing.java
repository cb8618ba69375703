package dev.withal;

import dev.withal.internal.HearsOfBody;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A manager behind whose exit errors of a type end. */
final class Suppressing<T extends @Nullable Object>
    implements Configured.Composed<T>, Direct.UsesHere<T>, Here.Enters<T> {
  private final AsyncContextManager<T> source;
  private final Class<? extends Throwable> type;

  Suppressing(AsyncContextManager<T> source, Class<? extends Throwable> type) {
    this.source = source;
    this.type = type;
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    return Stages.map(Stages.enterWhole(source), Context::new);
  }

  @Override
  public AsyncContext<T> enterHere() throws InterruptedException {
    return new Context(Direct.enter(source, Configured.settingsToEnter(source)));
  }

  @Override
  @SuppressWarnings("NullAway") // null only where the contract says so: the error was suppressed
  public <R extends @Nullable Object, X extends Exception> R useHere(
      Body<? super T, ? extends R, X> body, Settings settings) throws X, InterruptedException {
    var entered = new Entered<T, R, X>(body);
    try {
      return Direct.<T, R, X>use(source, entered, settings);
    } catch (Throwable error) {
      if (entered.isBegun && matches(error)) {
        return null;
      }
      throw error;
    }
  }

  @Override
  public AsyncContextManager<T> withParts(Settings ofParts) {
    return new Suppressing<>(Configured.orOwn(source, ofParts), type);
  }

  @Override
  public boolean hasOnePart() {
    return true;
  }

  @Override
  public String toString() {
    return Report.nameOf(source);
  }

  /** A context was entered for a body, even if that is never called as it has no value (L1). */
  static void entered(Body<?, ?, ?> body) {
    Object at = body;
    while (at instanceof Entered<?, ?, ?> entered) {
      entered.isBegun = true;
      at = entered.body;
    }
  }

  /** A body that remembers that it was begun. */
  private static final class Entered<
          T extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      implements Body<T, R, X>, Inside.Wraps {
    private final Body<? super T, ? extends R, X> body;
    private boolean isBegun;

    Entered(Body<? super T, ? extends R, X> body) {
      this.body = body;
    }

    @Override
    public R apply(T value) throws X, InterruptedException {
      isBegun = true;
      return body.apply(value);
    }

    @Override
    public Object wrapped() {
      return body;
    }
  }

  private boolean matches(@Nullable Throwable error) {
    return type.isInstance(error);
  }

  private final class Context
      implements AsyncContext<T>, Stages.TellsCase, HearsOfBody, Here.Exits {
    /** Null once the exit was abandoned. */
    private volatile @Nullable AsyncContext<? extends T> context;

    private volatile boolean hasSuppressed;

    Context(AsyncContext<? extends T> context) {
      this.context = Objects.requireNonNull(context, Stages.NO_CONTEXT);
    }

    @Override
    public T value() {
      return held().value();
    }

    @Override
    public @Nullable CompletionStage<?> lost() {
      return held().lost();
    }

    @Override
    public void asked(Throwable reason) {
      BodyNews.asked(context, reason);
    }

    @Override
    public @Nullable CompletionStage<?> bodyReturned() {
      return BodyNews.returned(context);
    }

    @Override
    public boolean hasSuppressed() {
      return hasSuppressed || BodyNews.hasSuppressed(context);
    }

    @Override
    public void letGo() {
      AsyncContext<? extends T> held = context;
      context = null;
      BodyNews.letGo(held);
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Stages.verdict(this, how);
    }

    @Override
    public CompletionStage<ExitCase> exitCase(ExitCase how, Object by) {
      AsyncContext<? extends T> context = held();
      CompletableFuture<?> exiting;
      try {
        // Entered on a thread, it is in the record by itself.
        CompletionStage<?> exit =
            context instanceof HeldContext<?>
                ? Stages.exit(context, context, how, by)
                : Stages.exitInside(context, how, by);
        exiting = Stages.future(exit);
      } catch (Throwable failure) {
        exiting = CompletableFuture.failedFuture(failure);
      }
      return exiting.handle((answer, failure) ->
          left(
              how,
              failure == null
                  ? Unwinding.after(how, answer, by)
                  : Unwinding.afterFailure(how, failure, by)));
    }

    @Override
    public ExitCase exitHere(Object named, ExitCase how, Object by) {
      return left(how, Direct.exit(held(), named, how, by, null));
    }

    private ExitCase left(ExitCase how, ExitCase after) {
      if (!matches(after.error())) {
        return after;
      }
      hasSuppressed = true;
      return ExitCase.success().by(how.deadline());
    }

    @Override
    public String toString() {
      var held = context;
      return Report.nameOf(held == null ? Suppressing.this : held);
    }

    private AsyncContext<? extends T> held() {
      return Objects.requireNonNull(context, TimedExit.ABANDONED);
    }
  }
}
