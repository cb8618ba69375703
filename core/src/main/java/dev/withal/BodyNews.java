package dev.withal;

import dev.withal.internal.HearsOfBody;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceArray;
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
    } else if (context != null) {
      askedOfValue(context, reason);
    }
  }

  /** Tells a stack that a context hands out, as the body may wait for an enter on it. */
  static void askedOfValue(AsyncContext<?> context, Throwable reason) {
    Object value = null;
    try {
      value = FunctionContext.owesNothing(context) ? null : context.value();
    } catch (Throwable broken) {
      Late.reportNoValue(context, broken);
    }
    if (value instanceof AsyncExitStack stack) {
      stack.asked(reason);
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

  /** Tells a context that its exit was abandoned. */
  static void letGo(@Nullable AsyncContext<?> context) {
    if (context instanceof HearsOfBody ours) {
      ours.letGo();
    }
  }

  /** The same for those of several contexts whose exit is pending; forgets them. */
  static void letGo(@Nullable AtomicReferenceArray<@Nullable Object> exits) {
    for (int i = 0; exits != null && i < exits.length(); i++) {
      if (exits.get(i) instanceof AsyncContext<?> pending) {
        // Guard against race with the end of its exit, which puts the answer there.
        exits.compareAndSet(i, pending, null);
        letGo(pending);
      }
    }
  }

  /** {@return a stage that ends when all of them have that there are; null if there are none} */
  static @Nullable CompletionStage<?> all(List<@Nullable CompletionStage<?>> stages) {
    var all = new ArrayList<CompletableFuture<?>>();
    for (CompletionStage<?> stage : stages) {
      if (stage != null) {
        all.add(Stages.future(stage));
      }
    }
    return all.isEmpty() ? null : CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }
}
