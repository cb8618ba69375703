package dev.withal;

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
    var entered = new boolean[1];
    try {
      return Direct.<T, R, X>use(
          source,
          value -> {
            entered[0] = true;
            return body.apply(value);
          },
          settings);
    } catch (Throwable error) {
      if (entered[0] && matches(error)) {
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
  public String toString() {
    return Report.nameOf(source);
  }

  private boolean matches(@Nullable Throwable error) {
    return type.isInstance(error);
  }

  private final class Context
      implements AsyncContext<T>, Stages.TellsCase, Stages.HearsRequests, Here.Exits {
    private final AsyncContext<? extends T> context;

    Context(AsyncContext<? extends T> context) {
      this.context = context;
    }

    @Override
    public T value() {
      return context.value();
    }

    @Override
    public @Nullable CompletionStage<?> lost() {
      return context.lost();
    }

    @Override
    public void asked(Throwable reason) {
      Stages.asked(context, reason);
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Stages.verdict(this, how);
    }

    @Override
    public CompletionStage<ExitCase> exitCase(ExitCase how, Object by) {
      CompletableFuture<?> exiting;
      try {
        exiting = Stages.future(Stages.exitInside(context, how, by));
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
      return left(how, Direct.exit(context, named, how, by));
    }

    private ExitCase left(ExitCase how, ExitCase after) {
      return matches(after.error()) ? ExitCase.succeeded().by(how.deadline()) : after;
    }

    @Override
    public String toString() {
      return Report.nameOf(context);
    }
  }
}
