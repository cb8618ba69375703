package dev.withal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A context made of a use: its enter is done when the use's body begins, and the body lasts until
 * the exit. So a manager that is defined by how it is used can be entered on its own as well.
 */
final class OpenUse<T extends @Nullable Object> implements AsyncContext<T> {

  /** Ends a body the way another one ended. */
  static final class EndedLike extends RuntimeException {
    private static final long serialVersionUID = 1;
    final transient ExitCase how;

    private EndedLike(ExitCase how) {
      super(null, null, false, false);
      this.how = how;
    }
  }

  private final T value;
  private final CompletableFuture<@Nullable Void> body = new CompletableFuture<>();
  private final CompletableFuture<Verdict> exit = new CompletableFuture<>();
  private volatile ExitCase how = ExitCase.succeeded();

  private OpenUse(T value) {
    this.value = value;
  }

  static <T extends @Nullable Object> CompletionStage<AsyncContext<T>> enter(
      AsyncContextManager<T> manager) {
    var relay = new Relay<AsyncContext<T>>();
    CompletableFuture<@Nullable OpenUse<T>> use =
        manager.useAsync(value -> {
          var context = new OpenUse<T>(value);
          relay.finish(context);
          return context.body.thenApply(_ -> context);
        });
    if (use instanceof RequestFuture<?> ours) {
      relay.passTo(ours);
    }
    use.whenComplete((_, error) -> ended(relay, error));
    return relay;
  }

  private static <T extends @Nullable Object> void ended(
      Relay<AsyncContext<T>> relay, @Nullable Throwable failure) {
    Throwable error = failure == null ? null : Failures.unwrap(failure);
    if (!relay.isDone()) {
      relay.fail(error == null ? new IllegalStateException("the body was never run") : error);
    } else if (relay.state() == java.util.concurrent.Future.State.SUCCESS
        && relay.resultNow() instanceof OpenUse<T> context) {
      context.exit.complete(context.verdict(error));
    }
  }

  private Verdict verdict(@Nullable Throwable error) {
    if (error == how.error()) {
      return Verdict.PROPAGATE;
    }
    return error == null ? Verdict.SUPPRESS : Verdict.replaceWith(error);
  }

  @Override
  public T value() {
    return value;
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase ending) {
    how = ending;
    body.completeExceptionally(new EndedLike(ending));
    return exit;
  }
}
