package dev.withal.examples.article;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A manager as a class: an asynchronous enter, and an exit that is told how the body ended. */
final class ManagerAsClass {

  /** The recipe, with the part of {@code __aenter__}. */
  record AsyncFile(String name, Verdict onFailure) implements AsyncContextManager<String> {

    @Override
    public CompletionStage<AsyncContext<String>> enterAsync() {
      return Async.sleepAsync(Duration.ofMillis(100))
          .thenApply(_ -> new OpenFile("Async file handle for " + name, onFailure));
    }
  }

  /** The entered context, with the part of {@code __aexit__}. */
  record OpenFile(String value, Verdict onFailure) implements AsyncContext<String> {

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Async.sleepAsync(Duration.ofMillis(50))
          .thenApply(_ -> {
            if (how instanceof ExitCase.Failed(Throwable error, _)) {
              IO.println("Exception caught: " + describe(error));
            }
            return onFailure;
          });
    }
  }

  static void main() throws InterruptedException {
    try {
      Async.run(() -> new AsyncFile("data.txt", Verdict.PROPAGATE).run(ManagerAsClass::fail));
    } catch (IllegalStateException e) {
      IO.println("Caught outside: " + e.getMessage());
    }

    Async.run(() -> new AsyncFile("data.txt", Verdict.SUPPRESS).run(ManagerAsClass::fail));
    IO.println("Nothing to catch outside");
  }

  private static void fail(String file) {
    IO.println("Inside context: " + file);
    throw new IllegalStateException("test error");
  }

  private static String describe(Throwable error) {
    return error.getClass().getSimpleName() + ": " + error.getMessage();
  }
}
