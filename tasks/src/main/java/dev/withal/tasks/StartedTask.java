package dev.withal.tasks;

import dev.withal.AsyncBody;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.Cancellation;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A task in stage style: a use, so that core knows how to ask it, and what becomes of its errors
 * and of a result that nobody receives.
 *
 * <p>Design: it is the context of that use as well. So its exit hears how the work ended before
 * anybody sees it in the future, and a race can refuse a second success there.
 */
final class StartedTask<R extends @Nullable Object>
    implements Member, AsyncContextManager<@Nullable Void>, AsyncContext<@Nullable Void> {
  private static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);

  private final Group group;

  /** Null once it has begun. */
  private @Nullable AsyncBody<? super Cancellation, ? extends R> work;

  private volatile @Nullable CompletableFuture<R> use;
  private volatile @Nullable CancellationException request;
  private @Nullable Object holder;
  private @Nullable Cancellation cancellation;
  private boolean isFirst;
  private Running.@Nullable Block block;
  private int place;

  /** Its work has ended: from here on it isn't asked to end any more. */
  private volatile boolean isOver;

  StartedTask(Group group, AsyncBody<? super Cancellation, ? extends R> work) {
    this.group = group;
    this.work = work;
  }

  CompletableFuture<R> run() {
    AsyncContextManager<@Nullable Void> manager = grace(UNBOUNDED);
    CompletableFuture<R> running =
        manager.<R>useAsync((ignored, cancellation) -> begin(cancellation));
    holder = running.isDone() ? Thread.currentThread() : running;
    use = running;
    // Guard against race with a request, which did not find the use yet.
    CancellationException asked = request;
    if (asked != null) {
      running.completeExceptionally(asked);
    }
    running.handle(this::left);
    return running;
  }

  private CompletionStage<? extends R> begin(Cancellation own) throws Exception {
    cancellation = own;
    var begun = Objects.requireNonNull(work);
    work = null;
    return begun.apply(own);
  }

  private boolean isAskedByItsCaller() {
    Cancellation own = cancellation;
    return own != null && own.reason() != null;
  }

  @Override
  public void ask(CancellationException asked) {
    if (isOver) {
      return;
    }
    request = asked;
    CompletableFuture<R> running = use;
    if (running != null) {
      running.completeExceptionally(asked);
    }
  }

  /** The use is done, and all who heard of that later than this have done so. */
  @SuppressWarnings("unchecked") // a race begins tasks of its own type only
  private @Nullable Void left(@Nullable R value, @Nullable Throwable error) {
    if (isFirst && group instanceof RaceGroup<?> race) {
      ((RaceGroup<R>) race).hasWon(value);
    }
    group.leave(this);
    return null;
  }

  private Object holder() {
    return Objects.requireNonNullElse(holder, this);
  }

  @Override
  public void isAt(Running.Block own, int taken) {
    block = own;
    place = taken;
  }

  @Override
  public boolean leave(Running running) {
    return running.remove(Objects.requireNonNull(block), place);
  }

  // ---- as the context of its use ---------------------------------------------------------------

  @Override
  public CompletionStage<AsyncContext<@Nullable Void>> enterAsync() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public @Nullable Void value() {
    return null;
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    isOver = true;
    switch (how) {
      case ExitCase.Succeeded ignored -> {
        isFirst = group.onSuccess();
        return isFirst ? Verdict.PROPAGATE.now() : CompletableFuture.failedFuture(group.refusal());
      }
      case ExitCase.Failed(Throwable error, var ignored) ->
          group.failed(new Failure(error, this::holder));
      case ExitCase.Cancelled(Throwable error, var unused, var ignored) -> cancelled(error);
    }
    return Verdict.PROPAGATE.now();
  }

  private void cancelled(Throwable error) {
    CancellationException asked = request;
    if (asked != null || group.isAsked()) {
      for (Throwable news : Foreign.suppressed(error)) {
        group.note(new Failure(news, this::holder));
      }
    } else if (!isAskedByItsCaller()) {
      group.failed(new Failure(error, this::holder));
    }
  }

  @Override
  public String toString() {
    return "task";
  }
}
