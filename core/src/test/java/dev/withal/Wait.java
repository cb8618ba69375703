package dev.withal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** How an exit blocks: for long, or for ever. */
enum Wait {
  AWAIT {
    @Override
    void run() throws Exception {
      Async.await(new CompletableFuture<>());
    }
  },
  SLEEP {
    @Override
    void run() throws Exception {
      Async.sleep(LONG);
    }
  },
  ENTER {
    @Override
    void run() throws Exception {
      AsyncContextManager<String> never =
          AsyncContextManager.closing(
              CompletableFuture::new, _ -> CompletableFuture.completedFuture(null));
      never.grace(Duration.ZERO).use(value -> value);
    }
  },
  USE {
    @Override
    void run() throws Exception {
      Async.await(
          AsyncContextManager.ofValue("inner")
              .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>())));
    }
  },
  RUN {
    @Override
    void run() throws Exception {
      Async.call(() -> {
        Async.sleep(LONG);
        return null;
      });
    }
  };

  static final Duration LONG = Duration.ofSeconds(30);

  abstract void run() throws Exception;
}
