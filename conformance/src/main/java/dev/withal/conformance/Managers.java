package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Generator;
import dev.withal.Verdict;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The managers of the scenario language, as a user of Withal would write them. */
final class Managers {
  private final Trace trace;

  Managers(Trace trace) {
    this.trace = trace;
  }

  AsyncContextManager<String> manager(JsonNode spec) {
    String kind = spec.path("kind").asText();
    return switch (kind) {
      case "class" -> () -> enter(spec);
      case "generator" -> AsyncContextManager.generator(yield -> generate(spec, yield));
      case "null" -> AsyncContextManager.ofValue(name(spec));
      default -> throw new Machine.UnknownToMachine(kind);
    };
  }

  /** {@return the exit of a manager that isn't entered} */
  Function<ExitCase, CompletionStage<Verdict>> exitAlone(JsonNode spec) {
    String kind = spec.path("kind").asText();
    return switch (kind) {
      case "class" -> how -> exit(spec, how);
      case "generator" -> how -> exitAlone(spec, how);
      case "null" -> ignored -> Verdict.PROPAGATE.now();
      default -> throw new Machine.UnknownToMachine(kind);
    };
  }

  /** Completes at once, or later on another thread. */
  static <V> CompletionStage<V> step(boolean later, Callable<V> action) {
    var done = new CompletableFuture<V>();
    Runnable task =
        () -> {
          try {
            done.complete(action.call());
          } catch (Throwable error) {
            done.completeExceptionally(error);
          }
        };
    if (later) {
      Thread.startVirtualThread(task);
    } else {
      task.run();
    }
    return done;
  }

  // ---- a class ---------------------------------------------------------------------------------

  private CompletionStage<AsyncContext<String>> enter(JsonNode spec) {
    trace.add("enter", name(spec));
    return step(
        spec.path("await_enter").asBoolean(),
        () -> {
          if (spec.path("enter").asText().equals("raise")) {
            throw new Failure(spec.path("enter_error").asText());
          }
          return context(spec);
        });
  }

  private AsyncContext<String> context(JsonNode spec) {
    return new AsyncContext<>() {
      @Override
      public String value() {
        return name(spec);
      }

      @Override
      public CompletionStage<Verdict> exitAsync(ExitCase how) {
        return exit(spec, how);
      }
    };
  }

  CompletionStage<Verdict> exit(JsonNode spec, ExitCase how) {
    trace.add("exit", name(spec), Failure.label(how.error()));
    return step(spec.path("await_exit").asBoolean(), () -> verdict(spec, how));
  }

  /** An error that an exit of CPython's raises takes the place of the present one. */
  private static Verdict verdict(JsonNode spec, ExitCase how) {
    return switch (spec.path("exit").asText("none")) {
      case "true" -> Verdict.SUPPRESS;
      case "raise" -> Verdict.replaceWith(new Failure(spec.path("exit_error").asText()));
      case "reraise" -> {
        Throwable error = how.error();
        yield error == null ? Verdict.PROPAGATE : Verdict.replaceWith(error);
      }
      default -> Verdict.PROPAGATE;
    };
  }

  CompletionStage<Verdict> callback(JsonNode spec) {
    trace.add("callback", name(spec));
    return step(
        true,
        () ->
            spec.hasNonNull("error")
                ? Verdict.replaceWith(new Failure(spec.path("error").asText()))
                : Verdict.PROPAGATE);
  }

  // ---- a generator -----------------------------------------------------------------------------

  private void generate(JsonNode spec, Generator.Yield<String> yield) throws Exception {
    trace.add("enter", name(spec));
    pauseIf(spec, "await_enter");
    switch (spec.path("before").asText()) {
      case "raise" -> throw new Failure(spec.path("before_error").asText());
      case "no_yield" -> {
        return;
      }
      default -> yieldOnce(spec, yield);
    }
    if (spec.path("after").asText().equals("second_yield")) {
      yield.value(name(spec));
    }
  }

  private void yieldOnce(JsonNode spec, Generator.Yield<String> yield) throws Exception {
    Throwable pending = null;
    try {
      yield.value(name(spec));
    } catch (Failure error) {
      trace.add("thrown", name(spec), Failure.label(error));
      try {
        onError(spec, yield, error);
      } catch (Throwable other) {
        pending = other;
      }
    } catch (Throwable error) {
      pending = error;
    }
    trace.add("finally", name(spec));
    pauseIf(spec, "await_exit");
    if (spec.path("finally").asText().equals("raise")) {
      throw chained(spec, "finally_error", pending);
    }
    if (pending instanceof Error error) {
      throw error;
    }
    if (pending instanceof Exception exception) {
      throw exception;
    }
  }

  private static void onError(JsonNode spec, Generator.Yield<String> yield, Failure error)
      throws Exception {
    switch (spec.path("on_error").asText("propagate")) {
      case "raise" -> throw chained(spec, "on_error_error", error);
      case "yield_again" -> yield.value(name(spec));
      case "propagate" -> throw error;
      default -> {
        // Swallowed: the generator goes on after its finally.
      }
    }
  }

  /**
   * What CPython does to exit a generator that was never started: it throws the present error in at
   * the top, where nothing catches it; without one, it runs the generator up to a yield that it
   * didn't expect, and closes it there.
   */
  private CompletionStage<Verdict> exitAlone(JsonNode spec, ExitCase how) {
    if (how.error() != null) {
      return Verdict.PROPAGATE.now();
    }
    if (spec.path("before").asText().equals("no_yield")) {
      trace.add("enter", name(spec));
      return step(spec.path("await_enter").asBoolean(), () -> Verdict.PROPAGATE);
    }
    var unexpected = new IllegalStateException("a yield where the generator should have ended");
    return AsyncContextManager.<String>generator(yield -> generate(spec, yield))
        .<Verdict>useAsync(ignored -> CompletableFuture.failedStage(unexpected))
        .exceptionally(Verdict::replaceWith);
  }

  /** A new error, from which the one that it takes the place of is reachable, as in Python. */
  private static Failure chained(JsonNode spec, String field, @Nullable Throwable replaced) {
    var failure = new Failure(spec.path(field).asText());
    if (replaced != null) {
      failure.addSuppressed(replaced);
    }
    return failure;
  }

  private static void pauseIf(JsonNode spec, String field) throws InterruptedException {
    if (spec.path(field).asBoolean()) {
      Async.await(step(true, () -> null));
    }
  }

  private static String name(JsonNode spec) {
    return spec.path("name").asText();
  }
}
