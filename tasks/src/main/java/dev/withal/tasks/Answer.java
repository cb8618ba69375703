package dev.withal.tasks;

import dev.withal.AsyncContextManager;
import dev.withal.internal.Reporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How a task ended that was asked to.
 *
 * @param error the reason, which carries what else there is to tell
 * @param news what it failed with beyond that it heard the request
 */
record Answer(Throwable error, List<Throwable> news) {
  private static final AsyncContextManager<@Nullable Void> TASK =
      AsyncContextManager.<@Nullable Void>ofValue(null)
          .named("task")
          .grace(Duration.ofSeconds(Long.MAX_VALUE));

  /** {@return how a task ended that was asked to for a reason, and failed, or did not} */
  static Answer to(Throwable reason, @Nullable Throwable error) {
    return new Answer(reason, List.of()).with(error);
  }

  /** {@return the same, with another error in it} */
  Answer with(@Nullable Throwable failure) {
    List<Throwable> more = newsOf(failure);
    if (more.isEmpty()) {
      return this;
    }
    var all = new ArrayList<>(news);
    all.addAll(more);
    var carrier = new CancellationException(Foreign.message(error));
    carrier.initCause(error instanceof CancellationException ? Foreign.cause(error) : error);
    all.forEach(carrier::addSuppressed);
    return new Answer(carrier, all);
  }

  /** {@return what an error says beyond that the request was heard} */
  static List<Throwable> newsOf(@Nullable Throwable error) {
    var news = new ArrayList<Throwable>();
    Throwable at = error;
    // A chain of causes that has a ring in it is as long as this at most.
    for (int depth = 0; at != null && depth < 100; depth++) {
      if (!(at instanceof CancellationException) && !(at instanceof InterruptedException)) {
        news.add(at);
        return news;
      }
      news.addAll(Foreign.suppressed(at));
      at = Foreign.cause(at);
    }
    return news;
  }

  /** Releases a value that nobody receives, as a use does. {@return a future that fails then} */
  static CompletableFuture<?> release(Object value) {
    var result = new CompletableFuture<Object>();
    CompletableFuture<Object> use =
        TASK.<Object>useAsync((ignored, cancellation) -> {
          cancellation.onRequest(unused -> result.complete(value));
          return result;
        });
    use.cancel(true);
    return use;
  }

  /** Releases a value that was made for a task, which has ended otherwise (L17). */
  static void drop(@Nullable Object value) {
    if (value != null) {
      release(value)
          .whenComplete((ignored, failure) -> newsOf(failure).forEach(Answer::reportLate));
    }
  }

  private static void reportLate(Throwable error) {
    Reporter.current()
        .report(
            "LATE_FAILURE", "task", "the exit failed after its caller had stopped waiting", error);
  }
}
