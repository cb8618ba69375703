package dev.withal;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a body wants called when it is asked to end.
 *
 * <p>Design: one cell, which is a chain of actions, the latest first, until it becomes {@link
 * Asked} or {@link #UNASKED} for good. Whoever swaps the chain out runs it.
 */
final class Cancellations implements Cancellation {
  private sealed interface State {}

  private record Action(Consumer<? super Throwable> action, @Nullable State next)
      implements State {}

  private record Asked(Throwable reason) implements State {}

  private record Unasked() implements State {}

  private static final State UNASKED = new Unasked();

  private final AtomicReference<@Nullable State> state = new AtomicReference<>();

  @Override
  public @Nullable Throwable reason() {
    return state.get() instanceof Asked(Throwable reason) ? reason : null;
  }

  @Override
  public void onRequest(Consumer<? super Throwable> action) {
    Objects.requireNonNull(action, "action");
    while (true) {
      State now = state.get();
      if (now instanceof Asked(Throwable reason)) {
        call(action, reason);
        return;
      }
      // Guard against race with the request: either it finds the action, or we find the request.
      if (now instanceof Unasked || state.compareAndSet(now, new Action(action, now))) {
        return;
      }
    }
  }

  /** The body is asked to end: calls the actions in the order in which they came. */
  void ask(Throwable reason) {
    State before = state.get();
    while (!(before instanceof Asked) && !(before instanceof Unasked)) {
      if (state.compareAndSet(before, new Asked(reason))) {
        inOrder(before, reason);
        return;
      }
      before = state.get();
    }
  }

  /** The body has ended unasked: forgets the actions. */
  void end() {
    State before = state.get();
    while (!(before instanceof Asked) && !state.compareAndSet(before, UNASKED)) {
      before = state.get();
    }
  }

  private static void inOrder(@Nullable State chain, Throwable reason) {
    var actions = new ArrayDeque<Consumer<? super Throwable>>();
    for (State at = chain; at instanceof Action(var action, var next); at = next) {
      actions.addFirst(action);
    }
    actions.forEach(action -> call(action, reason));
  }

  private static void call(Consumer<? super Throwable> action, Throwable reason) {
    try {
      action.accept(reason);
    } catch (Throwable failure) {
      Report.send(
          Report.Kind.FAILED_CALLBACK, action, "an action on a request to end failed", failure);
    }
  }
}
