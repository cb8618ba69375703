package dev.withal;

import dev.withal.internal.Held;
import dev.withal.internal.Span;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How the engine tells the record of what is held what happens to a context, whether that is
 * recorded or not: from its enter to where it is somebody's, of whom the record then knows.
 */
final class Recorded {
  private Recorded() {}

  /** {@return the context, recorded if contexts are} */
  static <T extends @Nullable Object> AsyncContext<? extends T> entered(
      AsyncContext<? extends T> context, Object named) {
    return Held.isOn() ? record(context, named) : context;
  }

  /** A method of its own, as the compiler judges what is called by how often that is called. */
  private static <T extends @Nullable Object> AsyncContext<? extends T> record(
      AsyncContext<? extends T> context, Object named) {
    if (context instanceof HeldContext<?> || isEntered(context)) {
      return context;
    }
    var held = new HeldContext<T>(EnteredByHand.taken(context), named);
    Held.entered(held);
    return held;
  }

  /** The placeholder of an enter on a stack is no context of its own. */
  private static boolean isEntered(AsyncContext<?> context) {
    return context == Place.NOTHING || context instanceof Entering<?>;
  }

  /** {@return a context whose exit is pending, recorded} */
  static <T extends @Nullable Object> AsyncContext<? extends T> exitPending(
      AsyncContext<? extends T> context, Object named) {
    HeldContext<T> held;
    if (context instanceof HeldContext<? extends T> recorded) {
      SlowExits.look();
      return recorded;
    }
    held = new HeldContext<>(context, named);
    held.exiting = true;
    held.forItsExit = true;
    Held.add(held);
    SlowExits.look();
    return held;
  }

  /**
   * {@return the same for a part of something else, of which nobody needs more than that the exit
   * has ended} If that never ends, the record keeps no value.
   */
  static AsyncContext<?> exitOfPartPending(AsyncContext<?> context, Object named) {
    if (context instanceof HeldContext<?>) {
      return exitPending(context, named);
    }
    AsyncContext<?> part = FunctionContext.withoutValue(context, named);
    return exitPending(part, named == context ? part : named);
  }

  /** {@return a use that waits for its enter, in the record if contexts are} */
  static <T extends @Nullable Object> @Nullable AsyncContext<? extends T> entering(
      GracedFuture<?> use) {
    if (!Held.isOn()) {
      return null;
    }
    var entering = new HeldContext<T>(null, use);
    Held.add(entering);
    return entering;
  }

  /** The same for a use whose enter is about to begin, while somebody traces. */
  static <T extends @Nullable Object> @Nullable AsyncContext<? extends T> entering(
      GracedFuture<?> use, @Nullable Span span) {
    if (span == null) {
      return null;
    }
    var entering = new HeldContext<T>(null, use);
    entering.take(span);
    entering.heldBy(use, use.named());
    Held.add(entering);
    return entering;
  }

  /** The same for an enter on a stack. */
  static @Nullable AsyncContext<?> entering(AsyncContextManager<?> manager, @Nullable Span span) {
    if (span == null) {
      return null;
    }
    var entering = new HeldContext<@Nullable Object>(null, manager);
    entering.take(span);
    Held.add(entering);
    return entering;
  }

  /** An enter on a stack has come to a context, or failed. */
  static void replaced(
      @Nullable AsyncContext<?> entering,
      @Nullable AsyncContext<?> context,
      @Nullable Throwable failure) {
    if (entering instanceof HeldContext<?> waiting && waiting.span() != null) {
      if (context == null) {
        HeldContext.ended(waiting, failure);
      } else {
        named(context, Settings.DEFAULT, waiting.span());
        waiting.forget();
      }
    }
  }

  /** {@return the context that an enter came to, which a use has waited for as {@code waiting}} */
  @SuppressWarnings("unchecked") // it waits for just this
  static <T extends @Nullable Object> @Nullable AsyncContext<? extends T> arrived(
      @Nullable AsyncContext<? extends T> waiting,
      AsyncContextManager<T> manager,
      @Nullable Object result) {
    if (!(waiting instanceof HeldContext<?> held) || held.span() == null) {
      return Stages.context(manager, result);
    }
    AsyncContext<? extends T> plain = EnteredByHand.taken(Stages.plainContext(manager, result));
    if (plain == null || plain instanceof HeldContext<?> || isEntered(plain)) {
      return plain;
    }
    ((HeldContext<T>) held).context = plain;
    Held.arrived(held);
    return waiting;
  }

  /** The use that exits the context, which it has waited for as {@code before}. */
  static void ownedBy(
      GracedFuture<?> use, AsyncContext<?> context, @Nullable AsyncContext<?> before) {
    if (context == before) {
      if (context instanceof HeldContext<?> held && held.span() != null) {
        Objects.requireNonNull(held.span()).entered();
      }
      return;
    }
    if (context instanceof HeldContext<?> held) {
      Span known = held.span();
      if (before instanceof HeldContext<?> entering) {
        held.shielded |= entering.shielded;
        held.enteredAt(entering.site());
        if (known == null && entering.span() != null) {
          known = entering.span();
          held.take(known);
          known.entered();
        }
      }
      if (known == null) {
        held.isHeldBy(use);
      } else {
        held.heldBy(use, use.named());
      }
    }
    if (before instanceof HeldContext<?> entering) {
      entering.forget();
    }
  }

  /** Whatever has to exit a context, such as a place on a stack: lost, the context is a leak. */
  static void heldBy(Object duty, @Nullable AsyncContext<?> context) {
    if (context instanceof HeldContext<?> held && held.span() != null) {
      held.heldBy(duty, held.named());
    }
  }

  /** The same of a place on a stack, which a run may close. */
  static void onStack(Place place, @Nullable AsyncContext<?> context) {
    if (context instanceof HeldContext<?> held) {
      if (held.span() == null) {
        held.place = place;
      } else {
        held.heldBy(place, held.named());
      }
    }
  }

  /** Where the enter of a context began that has ended elsewhere, if that is known. */
  static void enteredAt(@Nullable String site, @Nullable AsyncContext<?> context) {
    if (context instanceof HeldContext<?> held) {
      held.enteredAt(site);
    }
  }

  /** Under which name a context was entered, if there is one. */
  static void named(AsyncContext<?> context, Settings settings) {
    if (settings.name() != null && context instanceof HeldContext<?> held) {
      held.isHeldBy(settings.name());
    }
  }

  /** Under which name a context was entered, if there is one, and what a tracer knows of that. */
  static void named(AsyncContext<?> context, Settings settings, @Nullable Span span) {
    if (span == null && settings.name() == null) {
      return;
    }
    if (context instanceof HeldContext<?> held) {
      held.isNamed(settings, span);
    } else if (span != null) {
      // Guard against race with the one who traced, and does no more.
      span.forgotten();
    }
  }

  /** Asks a use to end if its context loses its value before it has ended. */
  static void onLoss(AsyncContext<?> context, CompletionStage<?> lost, GracedFuture<?> use) {
    if (context instanceof HeldContext<?> held && held.isGripped()) {
      // Not by way of the use, which what may be lost would keep alive.
      Stages.onLoss(context, lost, held.over(), held::lose);
    } else {
      Stages.onLoss(context, lost, use, reason -> use.ask(RequestFuture.Request.loss(reason)));
    }
  }

  /** Its use is asked to end. */
  static void asked(@Nullable AsyncContext<?> context, Throwable reason) {
    if (context instanceof HeldContext<?> held) {
      held.isAsked(reason);
    }
  }
}
