package dev.withal.tasks;

import dev.withal.Async;
import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import dev.withal.Cancellation;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.Work;
import dev.withal.testkit.Journal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Tasks that take some virtual time, and write down how they end. */
final class Jobs {
  final Journal journal = new Journal();

  /** Takes a while, and takes a moment to clean up if it is interrupted. */
  Work<String, Exception> job(String name, int millis) {
    return () -> {
      try {
        Async.sleep(Duration.ofMillis(millis));
        journal.add(name + " done");
        return name;
      } catch (InterruptedException e) {
        journal.add(name + " interrupted");
        throw e;
      } finally {
        AsyncContextManager.closing(
                () -> CompletableFuture.completedFuture(name),
                done -> Async.sleepAsync(Duration.ofMillis(1)))
            .run(opened -> {});
        journal.add(name + " ended");
      }
    };
  }

  Work<String, Exception> failing(String name, int millis) {
    return () -> {
      Async.sleep(Duration.ofMillis(millis));
      journal.add(name + " fails");
      throw new IOException(name);
    };
  }

  /** The same as a stage, which is told by its cancellation. */
  AsyncBody<Cancellation, String> stage(String name, int millis) {
    return cancellation -> {
      CompletableFuture<String> work = Async.callAsync(job(name, millis));
      return cancellation.cancelling(work);
    };
  }

  AsyncBody<Cancellation, String> failingStage(String name, int millis) {
    return cancellation -> Async.callAsync(failing(name, millis));
  }

  /** A context around the group, which writes down how that ended. */
  AsyncContextManager<String> around() {
    return AsyncContextManager.of(
        () -> CompletableFuture.completedFuture("around"),
        (value, how) -> {
          journal.add("exit " + describe(how));
          return Verdict.PROPAGATE.now();
        });
  }

  static String describe(ExitCase how) {
    return switch (how) {
      case ExitCase.Succeeded success -> "succeeded";
      case ExitCase.Failed failed -> "failed " + failed.error().getMessage();
      case ExitCase.Cancelled cancelled ->
          "cancelled " + cancelled.error().getClass().getSimpleName();
    };
  }
}
