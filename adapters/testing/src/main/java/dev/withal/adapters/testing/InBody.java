package dev.withal.adapters.testing;

import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A context whose value is that of a use whose body waits for it.
 *
 * @param value the value
 * @param end what the body waits for
 * @param over how the use ends
 */
public record InBody(String value, CompletableFuture<String> end, CompletableFuture<Void> over)
    implements AsyncContext<String> {
  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    if (how.error() == null) {
      end.complete("");
    } else {
      end.completeExceptionally(how.error());
    }
    return over.handle((_, error) -> error)
        .thenCompose(error -> {
          if (error == how.error()) {
            return Verdict.PROPAGATE.now();
          }
          if (how.error() == null) {
            return CompletableFuture.failedFuture(error);
          }
          return CompletableFuture.completedFuture(
              error == null ? Verdict.SUPPRESS : Verdict.replaceWith(error));
        });
  }
}
