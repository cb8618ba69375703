package dev.withal.benchmarks.peers;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Withal, with a manager that is a class of its own, as a driver's author writes one: what is
 * acquired is the context itself.
 */
public final class WithalClass implements Peer {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    var manager = new Manager(source);
    return () -> manager.useAsync(Source.Handle::readAsync);
  }

  private static final class Manager implements AsyncContextManager<Source.Handle> {
    private final Source source;
    private final CompletableFuture<Opened> opened =
        CompletableFuture.completedFuture(new Opened());

    Manager(Source source) {
      this.source = source;
    }

    @Override
    public CompletionStage<Opened> enterAsync() {
      source.acquireAsync();
      return opened;
    }

    private final class Opened implements AsyncContext<Source.Handle> {
      @Override
      public Source.Handle value() {
        return source.handle();
      }

      @Override
      public CompletionStage<Verdict> exitAsync(ExitCase how) {
        source.releaseAsync();
        return Verdict.PROPAGATE.now();
      }
    }
  }
}
