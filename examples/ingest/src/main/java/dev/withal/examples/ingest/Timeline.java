package dev.withal.examples.ingest;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The lives of contexts: when each was entered, how long it was held, how long its exit took, and
 * how it ended.
 */
final class Timeline {
  private final long start = System.nanoTime();
  private final List<Life<?>> lives = new CopyOnWriteArrayList<>();

  /** {@return a manager that does what the given one does, and records it here} */
  <T> AsyncContextManager<T> watch(String name, AsyncContextManager<T> manager) {
    return () -> manager.enterAsync().thenApply(context -> begin(name, context));
  }

  private <T> AsyncContext<T> begin(String name, AsyncContext<? extends T> context) {
    var life = new Life<T>(name, context);
    lives.add(life);
    return life;
  }

  /** {@return the time since this timeline was made} */
  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  void print(PrintWriter out) {
    for (Life<?> life : lives) {
      out.println(life.line());
    }
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.3f s", duration.toNanos() / 1e9);
  }

  /** A context and its record. Whoever prints it has seen the exit complete. */
  private final class Life<T> implements AsyncContext<T> {
    private final String name;
    private final AsyncContext<? extends T> context;
    private final Duration entered = elapsed();
    private Duration exiting = Duration.ZERO;
    private Duration exited = Duration.ZERO;
    private String ending = "held";

    Life(String name, AsyncContext<? extends T> context) {
      this.name = name;
      this.context = context;
    }

    @Override
    public T value() {
      return context.value();
    }

    @Override
    public @Nullable CompletionStage<?> lost() {
      return context.lost();
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      exiting = elapsed();
      return context
          .exitAsync(how)
          .whenComplete((_, error) -> {
            exited = elapsed();
            ending = ending(how) + (error == null ? "" : ", and its exit failed");
          });
    }

    private static String ending(ExitCase how) {
      return switch (how) {
        case ExitCase.Succeeded _ -> "succeeded";
        case ExitCase.Failed _ -> "failed";
        case ExitCase.Cancelled _ -> "cancelled";
      };
    }

    @Override
    public String toString() {
      return name;
    }

    String line() {
      return String.format(
          Locale.ROOT,
          "%-11s  entered at %s, held %s, exit took %s, %s",
          name,
          seconds(entered),
          seconds(exiting.minus(entered)),
          seconds(exited.minus(exiting)),
          ending);
    }
  }
}
