package dev.withal;

import dev.withal.internal.HearsOfBody;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What a context and its body tell each other, whoever made the context. */
final class BodyNews {
  private BodyNews() {}

  /** Tells a context that its body is asked to end. */
  static void asked(@Nullable AsyncContext<?> context, Throwable reason) {
    if (context instanceof AsyncExitStack stack) {
      stack.asked(reason);
    } else if (context instanceof HearsOfBody ours) {
      ours.asked(reason);
    }
  }

  /** {@return a stage of what belongs to a body that has come to a value; null if nothing does} */
  static @Nullable CompletionStage<?> returned(@Nullable AsyncContext<?> context) {
    return context != null && HeldContext.plain(context) instanceof HearsOfBody ours
        ? ours.bodyReturned()
        : null;
  }

  /** {@return the same, as a stage of what the body's code came to} */
  static @Nullable CompletionStage<?> rest(
      @Nullable AsyncContext<?> context, @Nullable Object result) {
    CompletionStage<?> rest = returned(context);
    return rest == null ? null : Stages.future(rest).thenApply(ignored -> result);
  }

  /** Whether the context's exit suppressed an error, so that the body's value goes to nobody. */
  static boolean hasSuppressed(@Nullable AsyncContext<?> context) {
    return context instanceof HearsOfBody ours && ours.hasSuppressed();
  }

  /** {@return a stage that ends when all of them have; null if there are none} */
  static @Nullable CompletionStage<?> all(List<CompletionStage<?>> stages) {
    return stages.isEmpty()
        ? null
        : CompletableFuture.allOf(
            stages.stream().map(Stages::future).toArray(CompletableFuture[]::new));
  }
}
