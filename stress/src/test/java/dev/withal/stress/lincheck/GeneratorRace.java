package dev.withal.stress.lincheck;

import dev.withal.AsyncContextManager;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A generator hands its value over while its use is asked to end. Its thread is interrupted only as
 * long as it enters.
 */
final class GeneratorRace implements Runnable {

  @Override
  public void run() {
    HandTime.install();
    var enters = new AtomicInteger();
    var exits = new AtomicInteger();
    var interruptions = new AtomicInteger();
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yield -> {
          enters.incrementAndGet();
          try {
            yield.value("value");
          } finally {
            exits.incrementAndGet();
            if (Thread.currentThread().isInterrupted()) {
              interruptions.incrementAndGet();
            }
          }
        });
    CompletableFuture<String> use =
        generator.useAsync(_ -> CompletableFuture.completedFuture("result"));
    boolean asked = use.cancel(true);
    String result = use.handle((value, error) -> error == null ? value : "cancelled").join();

    Law.equal("L1: exits", exits.get(), enters.get());
    Law.equal("L7: the result", result, asked ? "cancelled" : "result");
    Law.equal("L9: interruptions of the exit", interruptions.get(), 0);
  }
}
