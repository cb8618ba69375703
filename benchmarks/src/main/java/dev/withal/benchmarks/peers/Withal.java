package dev.withal.benchmarks.peers;

import dev.withal.AsyncContextManager;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Withal, with a manager made of two functions. */
public final class Withal implements Peer, Nesting {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    var handle = manager(source);
    return () -> handle.useAsync(Source.Handle::readAsync);
  }

  @Override
  public Integer nest(Source source, int depth) {
    return nest(manager(source), depth).join();
  }

  private static CompletableFuture<Integer> nest(
      AsyncContextManager<Source.Handle> handle, int depth) {
    return handle.useAsync(h -> depth == 1 ? h.readAsync() : nest(handle, depth - 1));
  }

  /** {@return a manager of what the source has} */
  public static AsyncContextManager<Source.Handle> manager(Source source) {
    return AsyncContextManager.closing(source::acquireAsync, Source.Handle::closeAsync);
  }
}
