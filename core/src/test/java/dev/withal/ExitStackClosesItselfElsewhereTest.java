package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** L11: what an exit goes on with on another thread of ours closes the exit's own stack. */
@ExtendWith(LeakCheck.class)
class ExitStackClosesItselfElsewhereTest {
  private final Journal journal = new Journal();
  private final AsyncExitStack stack = AsyncExitStack.open();

  /** What an exit does that closes its stack by the way. */
  enum Exit {
    ENTER_OF_A_GENERATOR {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) {
        return use(
            AsyncContextManager.generator(yield -> {
              Async.sleep(Carrier.STEP);
              stack.close();
              yield.value("value");
            }));
      }
    },
    BODY_AFTER_A_GENERATOR {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) {
        return AsyncContextManager.<String>generator(
                yield -> {
                  Async.sleep(Carrier.STEP);
                  yield.value("value");
                })
            .useAsync(_ -> stack.closeAsync());
      }
    },
    EXIT_OF_A_GENERATOR {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) {
        return use(
            AsyncContextManager.generator(yield -> {
              Async.sleep(Carrier.STEP);
              yield.value("value");
              stack.close();
            }));
      }
    },
    GENERATOR_ON_A_STACK {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) {
        AsyncExitStack inner = AsyncExitStack.open();
        return inner
            .enterAsync(
                AsyncContextManager.<String>generator(yield -> {
                  Async.sleep(Carrier.STEP);
                  yield.value("value");
                  stack.close();
                }))
            .thenCompose(_ -> inner.closeAsync());
      }
    },
    GENERATOR_IN_DIRECT_STYLE_WITH_A_BOUND {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) throws Exception {
        return CompletableFuture.completedFuture(
            AsyncContextManager.<String>generator(
                    yield -> {
                      stack.close();
                      yield.value("value");
                    })
                .enterTimeout(Carrier.STEP)
                .use(value -> value));
      }
    },
    RUN {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) throws Exception {
        return CompletableFuture.completedFuture(
            Async.call(() -> {
              stack.close();
              return "value";
            }));
      }
    },
    ENTER_OF_A_SYNCHRONOUS_MANAGER {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) {
        return use(
            ContextManager.closing(
                    () -> {
                      Async.sleep(Carrier.STEP);
                      stack.close();
                      return "value";
                    },
                    _ -> {})
                .async());
      }
    },
    EXIT_OF_A_SYNCHRONOUS_MANAGER {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) {
        return use(slowlyOpened(stack).async());
      }
    },
    SYNCHRONOUS_MANAGER_ON_ITS_EXECUTOR {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) {
        return use(slowlyOpened(stack).async(executor));
      }
    },
    BODY_ON_AN_EXECUTOR {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) {
        return AsyncContextManager.ofValue("value").on(executor).useAsync(_ -> stack.closeAsync());
      }
    },
    EXIT_ON_AN_EXECUTOR {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) {
        return use(
            AsyncContextManager.closing(
                    () -> Async.sleepAsync(Carrier.STEP), _ -> stack.closeAsync())
                .on(executor));
      }
    },
    WORK_OF_ITS_OWN {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) {
        return Async.runAsync(stack::close);
      }
    },
    CARRYING_TASK {
      @Override
      CompletionStage<?> begin(AsyncExitStack stack, Executor executor) {
        return CompletableFuture.runAsync(Async.carrying(stack::close), executor);
      }
    };

    abstract CompletionStage<?> begin(AsyncExitStack stack, Executor executor) throws Exception;

    private static CompletionStage<?> use(AsyncContextManager<?> manager) {
      return manager.useAsync(_ -> CompletableFuture.completedFuture("done"));
    }

    private static ContextManager<String> slowlyOpened(AsyncExitStack stack) {
      return ContextManager.closing(
          () -> {
            Async.sleep(Carrier.STEP);
            return "value";
          },
          _ -> stack.close());
    }
  }

  static Stream<Arguments> everywhere() {
    return Stream.of(Exit.values())
        .flatMap(exit ->
            Stream.of(ExitStackClosesItselfTest.Close.values())
                .map(close -> Arguments.of(exit, close)));
  }

  @ParameterizedTest
  @MethodSource("everywhere")
  void exit_closesItsStackElsewhere_endsAllTheSame(
      Exit exit, ExitStackClosesItselfTest.Close close, VirtualTime time) throws Exception {
    Executor executor = time.executor(task -> Thread.ofPlatform().name("executor").start(task));
    stack.defer(() -> journal.add("below"));
    stack.pushAsync(_ -> {
      journal.add("closes");
      return begin(exit, executor)
          .thenApply(_ -> {
            journal.add("closed");
            return Verdict.PROPAGATE;
          });
    });

    time.await(close.begin(time, stack));

    assertThat(journal.events()).containsExactly("closes", "closed", "below");
  }

  private CompletionStage<?> begin(Exit exit, Executor executor) {
    try {
      return exit.begin(stack, executor);
    } catch (Exception error) {
      return CompletableFuture.failedFuture(error);
    }
  }
}
