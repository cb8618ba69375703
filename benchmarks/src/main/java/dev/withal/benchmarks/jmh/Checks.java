package dev.withal.benchmarks.jmh;

import dev.withal.benchmarks.peers.Source;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** A benchmark that doesn't do what it says ends with an error instead of a figure. */
final class Checks {
  private Checks() {}

  /** Runs a use once and looks at what it did. */
  static void use(Supplier<? extends Future<Integer>> use, Source source) {
    long before = source.acquired();
    Future<Integer> end = use.get();
    try {
      require(Source.RESULT.equals(end.get()) && source.failure() == null, "the body succeeded");
    } catch (ExecutionException e) {
      require(e.getCause() == source.failure(), "the body failed with its own error");
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while a use was checked", e);
    }
    require(source.acquired() == before + 1, "the use acquired once");
    nothingIsOpen(source);
  }

  static void nothingIsOpen(Source source) {
    require(source.acquired() > 0 && source.open() == 0, "all that was acquired is released");
  }

  static void require(boolean condition, String promise) {
    if (!condition) {
      throw new IllegalStateException("the benchmark doesn't hold what it promises: " + promise);
    }
  }
}
