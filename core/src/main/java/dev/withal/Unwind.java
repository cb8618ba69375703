package dev.withal;

import dev.withal.internal.Trampoline;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Exits the places of a stack one after the other, in a loop that pauses at a pending stage. */
final class Unwind implements BiFunction<@Nullable Object, @Nullable Throwable, @Nullable Void> {
  private @Nullable Place next;
  private ExitCase how;
  private final StackEnd stack;
  private final Object by;

  /** The exits around these, which go on where nobody knows of them: after a timer, say. */
  private final @Nullable InExit around = InExit.current();

  Unwind(StackEnd stack, @Nullable Place top, ExitCase how, Object by) {
    this.stack = stack;
    this.by = by;
    this.next = top;
    this.how = how;
  }

  void run() {
    Trampoline.run(this::loop);
  }

  @Override
  public @Nullable Void apply(@Nullable Object answer, @Nullable Throwable failure) {
    Trampoline.run(() -> {
      how =
          failure == null
              ? Unwinding.after(how, answer, by)
              : Unwinding.afterFailure(how, failure, by);
      loop();
    });
    return null;
  }

  private void loop() {
    InExit before = InExit.begin(stack, around);
    boolean ended;
    try {
      ended = exitAll();
    } finally {
      InExit.goOn(before);
    }
    if (ended) {
      stack.exited(how);
    }
  }

  /** {@return whether all is exited; if not, an exit is pending that will call this object} */
  private boolean exitAll() {
    for (Place place = next; place != null; place = next) {
      next = place.below;
      CompletionStage<?> stage;
      try {
        stage = Stages.exit(place.toExit(), place.named(), how, by);
      } catch (Throwable failure) {
        how = Unwinding.afterFailure(how, failure, by);
        continue;
      }
      if (!Stages.hasValue(stage)) {
        IllegalStateException endless = stack.awaiting(stage);
        if (endless != null) {
          how = Unwinding.afterFailure(how, endless, by);
          continue;
        }
        StageEnd.<@Nullable Object>hear(stage, this);
        return false;
      }
      how = Unwinding.after(how, Stages.value(stage), by);
    }
    return true;
  }
}
