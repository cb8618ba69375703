package dev.withal.stress.lincheck;

import dev.withal.AsyncContextManager;
import dev.withal.Cancellation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** Actions are registered while the body is asked to end, or ends. */
public class CancellationRaces {
  private final CompletableFuture<String> body = new CompletableFuture<>();
  private final AtomicInteger one = new AtomicInteger();
  private final AtomicInteger other = new AtomicInteger();
  private volatile Cancellation cancellation;
  private volatile boolean accepted;
  private volatile boolean registeredOne;
  private volatile boolean registeredOther;
  private final CompletableFuture<String> use;

  /** A use whose body runs. */
  public CancellationRaces() {
    HandTime.install();
    use =
        AsyncContextManager.ofValue("value")
            .useAsync((_, given) -> {
              cancellation = given;
              return body;
            });
  }

  @Operation(runOnce = true)
  public void registerOne() {
    cancellation.onRequest(_ -> one.incrementAndGet());
    registeredOne = true;
  }

  @Operation(runOnce = true)
  public void registerOther() {
    cancellation.onRequest(_ -> other.incrementAndGet());
    registeredOther = true;
  }

  @Operation
  public void cancel() {
    if (use.cancel(true)) {
      accepted = true;
    }
  }

  @Operation(runOnce = true)
  public void endBody() {
    body.complete("result");
  }

  /** Each action was called once if the request was accepted, and else never. */
  @Validate
  public void check() {
    endBody();
    Law.equal("calls of one", one.get(), accepted && registeredOne ? 1 : 0);
    Law.equal("calls of the other", other.get(), accepted && registeredOther ? 1 : 0);
    Law.equal("L7: cancelled", use.isCancelled(), accepted);
    Law.equal("the body knows why", cancellation.reason() != null, accepted);
  }
}
