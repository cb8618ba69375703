package dev.withal.insight;

import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The ways in which a manager of the name orders is used. */
enum Way {
  AT_ONCE {
    @Override
    void use(Body body, @Nullable Exception exit) {
      Traced.exiting("orders", ending(exit))
          .useAsync(_ -> CompletableFuture.completedFuture(body.now()))
          .join();
    }
  },
  LATER {
    @Override
    void use(Body body, @Nullable Exception exit) {
      var entered = new CompletableFuture<String>();
      var begun = new CompletableFuture<String>();
      var exited = new CompletableFuture<Verdict>();
      CompletableFuture<String> used =
          AsyncContextManager.<String>of(() -> entered, (_, _) -> exited)
              .named("orders")
              .useAsync(_ -> begun.thenApply(_ -> body.now()));
      entered.complete("value");
      begun.complete("begun");
      ending(exit)
          .whenComplete((verdict, error) -> {
            if (error == null) {
              exited.complete(verdict);
            } else {
              exited.completeExceptionally(error);
            }
          });
      used.join();
    }
  },
  DIRECT {
    @Override
    void use(Body body, @Nullable Exception exit) throws Exception {
      Traced.exiting("orders", ending(exit)).use(_ -> body.now());
    }
  },
  GENERATOR {
    @Override
    void use(Body body, @Nullable Exception exit) throws Exception {
      AsyncContextManager.<String>generator(
              yield -> {
                yield.value("value");
                if (exit != null) {
                  throw exit;
                }
              })
          .named("orders")
          .use(_ -> body.now());
    }
  },
  SYNCHRONOUS {
    @Override
    void use(Body body, @Nullable Exception exit) throws Exception {
      ContextManager.of(
              () -> "value",
              (_, _) -> {
                if (exit != null) {
                  throw exit;
                }
                return Verdict.PROPAGATE;
              })
          .async()
          .named("orders")
          .use(_ -> body.now());
    }
  };

  interface Body {
    String now();
  }

  static CompletableFuture<Verdict> ending(@Nullable Exception exit) {
    return exit == null
        ? CompletableFuture.completedFuture(Verdict.PROPAGATE)
        : CompletableFuture.failedFuture(exit);
  }

  abstract void use(Body body, @Nullable Exception exit) throws Exception;
}
