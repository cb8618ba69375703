package dev.withal;

import dev.withal.internal.Trampoline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Exits the places of a stack one after the other, in a loop that pauses at a pending stage. */
final class Unwind implements BiFunction<@Nullable Object, @Nullable Throwable, @Nullable Void> {
  private @Nullable Place next;
  private ExitCase how;
  private final int since;
  private final CompletableFuture<ExitCase> exited;

  Unwind(@Nullable Place top, ExitCase how, int since, CompletableFuture<ExitCase> exited) {
    this.since = since;
    this.next = top;
    this.how = how;
    this.exited = exited;
  }

  void run() {
    Trampoline.run(this::loop);
  }

  @Override
  public @Nullable Void apply(@Nullable Object answer, @Nullable Throwable failure) {
    Trampoline.run(() -> {
      how =
          failure == null
              ? Unwinding.after(how, answer, since)
              : Unwinding.afterFailure(how, failure, since);
      loop();
    });
    return null;
  }

  private void loop() {
    for (Place place = next; place != null; place = next) {
      next = place.below;
      CompletionStage<?> stage;
      try {
        stage = Stages.exit(place.context(), how);
      } catch (Throwable failure) {
        how = Unwinding.afterFailure(how, failure, since);
        continue;
      }
      if (!Stages.hasValue(stage)) {
        StageEnd.<@Nullable Object>hear(stage, this);
        return;
      }
      how = Unwinding.after(how, Stages.value(stage), since);
    }
    exited.complete(how);
  }
}
