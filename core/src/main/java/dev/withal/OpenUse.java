package dev.withal;

import dev.withal.internal.HearsOfBody;
import dev.withal.internal.Trampoline;
import java.util.ArrayList;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A context made of a use: its enter is done when the use's body begins, and the body lasts until
 * the exit. So a manager that is defined by how it is used can be entered on its own as well.
 */
final class OpenUse<T extends @Nullable Object>
    implements AsyncContext<T>, Stages.TellsCase, HearsOfBody {
  private final AsyncContextManager<T> manager;
  private final Relay<AsyncContext<T>> enter;

  /** Null once the exit was abandoned. */
  private volatile @Nullable T value;

  private final BodyEnd body = new BodyEnd();
  private final Relay<ExitCase> exit = new Relay<>();
  private volatile ExitCase how = ExitCase.success();

  /** On whose behalf errors are added to as this exits. */
  private volatile Object exitBy = this;

  private volatile boolean hasSuppressed;

  private OpenUse(AsyncContextManager<T> manager, Relay<AsyncContext<T>> enter, T value) {
    this.manager = manager;
    this.enter = enter;
    this.value = value;
  }

  static <T extends @Nullable Object> CompletionStage<AsyncContext<T>> enter(
      AsyncContextManager<T> manager) {
    var relay = new Relay<AsyncContext<T>>();
    CompletableFuture<@Nullable Void> use =
        manager.<@Nullable Void>useAsync(value -> {
          var context = new OpenUse<T>(manager, relay, value);
          if (relay.awaitedUse() == null) {
            context.handOut();
          } else {
            // Somebody waits for it, who may exit it at once; the uses around this body are to be
            // told of that, and wait for the body from where it has returned.
            Trampoline.afterwards(InExit.continuing(context::handOut));
          }
          return context.body;
        });
    if (use instanceof RequestFuture<?> ours) {
      relay.passTo(ours);
    }
    use.handle((ignored, error) -> {
      ended(relay, use, error);
      return null;
    });
    return relay;
  }

  private void handOut() {
    enter.finish(this);
    // Guard against race with the end of an outer use, which may have given up its body (L3): then
    // nobody is left who exits this context.
    if (enter.isCompletedExceptionally()) {
      body.fail(new CancellationException("entered for nobody"));
    }
  }

  private static <T extends @Nullable Object> void ended(
      Relay<AsyncContext<T>> relay, CompletableFuture<?> use, @Nullable Throwable failure) {
    Throwable error = failure == null ? null : Failures.unwrap(failure, relay);
    if (!relay.isDone()) {
      relay.fail(error == null ? new IllegalStateException("the body was never run") : error);
    }
    // No else: guard against race with a body that was given up and hands the context out now.
    if (Stages.hasValue(relay) && relay.resultNow() instanceof OpenUse<T> context) {
      SharedErrors.met(error, relay, context.exitBy);
      context.hasSuppressed = use instanceof UseExit<?, ?> ours && ours.hasSuppressed;
      context.exit.finish(Unwinding.left(context.how, error));
    }
  }

  @Override
  @SuppressWarnings("NullAway") // null only where the value may be, or nobody asks any more
  public T value() {
    return value;
  }

  /**
   * The use is asked to end when it loses the value that its body, which is elsewhere, works with.
   */
  @Override
  public CompletionStage<?> lost() {
    return body.lost;
  }

  /** The use isn't asked, as its body lasts until the exit; but what it has entered may be. */
  @Override
  public void asked(Throwable reason) {
    forEachUse(use -> use.tellContext(reason));
  }

  /** Of what the use has entered, something may still belong to the body, such as tasks. */
  @Override
  public @Nullable CompletionStage<?> bodyReturned() {
    var rests = new ArrayList<@Nullable CompletionStage<?>>();
    forEachUse(use -> rests.add(BodyNews.returned(use.context)));
    return BodyNews.all(rests);
  }

  private void forEachUse(Consumer<UseExit<?, ?>> action) {
    for (RequestFuture<?> at = enter.awaitedUse(); at != null; at = at.awaitedUse()) {
      if (at instanceof UseExit<?, ?> use) {
        action.accept(use);
      }
    }
  }

  @Override
  public boolean hasSuppressed() {
    return hasSuppressed;
  }

  /** A use whose exit has yet to begin keeps what that needs. */
  @Override
  public void letGo() {
    value = null;
    forEachUse(use -> {
      if (use.phase == Phase.EXITING) {
        BodyNews.letGo(use.context);
      }
    });
  }

  @Override
  public String toString() {
    return Report.nameOf(manager);
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase ending) {
    return Stages.verdict(this, ending);
  }

  @Override
  public CompletionStage<ExitCase> exitCase(ExitCase ending, Object by) {
    how = ending;
    exitBy = by;
    RequestFuture<?> use = enter.awaitedUse();
    if (use != null) {
      exit.passTo(use);
    }
    // Uses around the innermost one hear of no more than its error.
    forEachUse(each -> each.like = ending);
    body.fail(new EndedLike(ending, by));
    return exit;
  }

  /** The end of the body; it comes when who entered the context says so, asked or not. */
  static final class BodyEnd extends RequestFuture<@Nullable Void> {
    private final CompletableFuture<@Nullable Void> lost = new CompletableFuture<>();

    @Override
    boolean accepts(Request request) {
      return !isDone() && !lost.isDone();
    }

    @Override
    @Nullable RequestFuture<?> onAccepted(Request request) {
      lost.completeExceptionally(request.reason);
      return null;
    }
  }

  /** Ends a body the way another one ended. */
  static final class EndedLike extends RuntimeException {
    private static final long serialVersionUID = 1;
    final transient ExitCase how;
    final transient Object by;

    private EndedLike(ExitCase how, Object by) {
      super(null, null, false, false);
      this.how = how;
      this.by = by;
    }
  }
}
