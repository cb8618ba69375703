package dev.withal.stress.sched;

import dev.withal.AsyncContextManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A manager whose enters and exits end as chance wants: at once, by another thread, late, badly.
 */
final class Resource implements AsyncContextManager<Opened> {

  /** When a stage completes. */
  enum Pace {
    AT_ONCE,
    BY_ANOTHER_THREAD,
    AFTER_A_WHILE
  }

  final Run run;
  final String name;

  /** Who must not see a result before the exit; null if nobody waits for it. */
  final Outcome owner;

  /** What must be exited after this. */
  Resource outer;

  /** The latest that was entered. */
  Opened latest;

  private Duration slowest = Duration.ofMillis(2500);

  Resource(Run run, String name, Outcome owner) {
    this.run = run;
    this.name = name;
    this.owner = owner;
  }

  Resource inside(Resource other) {
    outer = other;
    return this;
  }

  /** Bounds what {@link Pace#AFTER_A_WHILE} means. */
  Resource within(Duration most) {
    slowest = most;
    return this;
  }

  Duration slowest() {
    return slowest;
  }

  @Override
  public CompletionStage<Opened> enterAsync() {
    var open = new Opened(this);
    run.note("enter " + open);
    run.pauses(2);
    return stage("enter " + open, open::arrive);
  }

  /** {@return a stage that ends, when chance wants, as the call does} */
  <T> CompletionStage<T> stage(String what, Supplier<T> end) {
    CompletableFuture<T> stage = run.oneIn(3) ? new SteppedStage<>(run) : new CompletableFuture<>();
    Runnable completing =
        () -> {
          try {
            stage.complete(end.get());
          } catch (RuntimeException failure) {
            stage.completeExceptionally(failure);
          }
        };
    switch (run.oneOf(List.of(Pace.values()))) {
      case AT_ONCE -> completing.run();
      case BY_ANOTHER_THREAD ->
          run.thread(
              what,
              () -> {
                run.pauses(6);
                completing.run();
              });
      case AFTER_A_WHILE -> run.after(run.upTo(slowest), completing);
    }
    return stage;
  }

  @Override
  public String toString() {
    return name;
  }
}
