package dev.withal.benchmarks.peers;

import static com.google.common.util.concurrent.MoreExecutors.directExecutor;

import com.google.common.util.concurrent.ClosingFuture;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Guava's {@code ClosingFuture}, which closes after its future is done. */
public final class GuavaClosing implements Peer {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    Exception failure = source.failure();
    ListenableFuture<Integer> result =
        failure == null
            ? Futures.immediateFuture(Source.RESULT)
            : Futures.immediateFailedFuture(failure);
    return () ->
        ClosingFuture.submit(
                closer -> closer.eventuallyClose(source.acquire(), directExecutor()),
                directExecutor())
            .transformAsync((_, _) -> ClosingFuture.from(result), directExecutor())
            .finishToFuture();
  }
}
