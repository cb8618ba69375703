package dev.withal.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs sample classes, whose fixtures write down what happens to them. */
final class FixtureRuns {
  static final List<String> LOG = Collections.synchronizedList(new ArrayList<>());

  private FixtureRuns() {}

  record Server(String name) {}

  record Session(Server server) {}

  static <T> AsyncContextManager<T> logged(T value) {
    return AsyncContextManager.of(
        () -> {
          LOG.add("enter " + value);
          return CompletableFuture.completedFuture(value);
        },
        (_, how) -> {
          LOG.add("exit " + value + " " + describe(how));
          return Verdict.PROPAGATE.now();
        });
  }

  private static String describe(ExitCase how) {
    if (how.error() == null) {
      return "succeeded";
    }
    Throwable cause = how.error().getCause();
    return "failed " + how.error().getMessage() + (cause == null ? "" : ": " + cause.getMessage());
  }

  static EngineExecutionResults run(Class<?>... classes) {
    LOG.clear();
    var kit = EngineTestKit.engine("junit-jupiter");
    for (Class<?> type : classes) {
      kit.selectors(selectClass(type));
    }
    return kit.execute();
  }

  static EngineExecutionResults runInParallel(Class<?> type) {
    LOG.clear();
    String parallel = "junit.jupiter.execution.parallel.";
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(type))
        .configurationParameter(parallel + "enabled", "true")
        .configurationParameter(parallel + "config.executor-service", "FORK_JOIN_POOL")
        .configurationParameter(parallel + "config.strategy", "fixed")
        .configurationParameter(parallel + "config.fixed.parallelism", "4")
        .execute();
  }

  static List<Throwable> errors(EngineExecutionResults results) {
    return results.allEvents().failed().map(FixtureRuns::error).toList();
  }

  private static Throwable error(Event failed) {
    return failed.getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow();
  }
}
