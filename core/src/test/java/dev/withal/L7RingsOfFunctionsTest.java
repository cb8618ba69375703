package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L7: the function of an enter, a body or an exit is refused a wait for its own use. */
@ExtendWith(LeakCheck.class)
class L7RingsOfFunctionsTest extends RingsOfThreads {
  private static final String REFUSAL = "the use of a would never end, as it waits for its own end";

  private final Executor threads = task -> Thread.ofPlatform().daemon().start(task);

  /** How the function waits. */
  enum Way {
    AWAIT {
      @Override
      Object waitFor(CompletableFuture<?> use) throws Exception {
        return Async.await(use);
      }
    },
    AWAIT_AND_STOP {
      @Override
      Object waitFor(CompletableFuture<?> use) throws Exception {
        return Async.await(use, () -> {});
      }
    },
    GET {
      @Override
      Object waitFor(CompletableFuture<?> use) throws Exception {
        return use.get();
      }
    },
    JOIN {
      @Override
      Object waitFor(CompletableFuture<?> use) {
        return use.join();
      }
    };

    abstract Object waitFor(CompletableFuture<?> use) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void enter_waitsForItsUse_isRefused(Way way) {
    uses.add(
        AsyncContextManager.closing(
                () -> CompletableFuture.completedFuture(waitForTheFirst(way)),
                _ -> CompletableFuture.completedFuture(null))
            .named("a")
            .on(threads)
            .useAsync(CompletableFuture::completedFuture));

    assertFirstFailsWith(REFUSAL);
  }

  @ParameterizedTest
  @EnumSource
  void body_waitsForItsUse_isRefused(Way way) {
    uses.add(
        entered().useAsync(_ -> CompletableFuture.<Object>completedFuture(waitForTheFirst(way))));

    assertRefused(REFUSAL);
  }

  @ParameterizedTest
  @EnumSource
  void exit_waitsForItsUse_isRefused(Way way) {
    uses.add(
        AsyncContextManager.closing(
                this::onAnotherThread, _ -> CompletableFuture.completedFuture(waitForTheFirst(way)))
            .named("a")
            .useAsync(CompletableFuture::completedFuture));

    assertFirstFailsWith(REFUSAL);
  }

  @Test
  void bodyOnTheThreadOfAGenerator_waitsForItsUse_isRefused() {
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yield -> {
          known.await();
          yield.value("value");
        });
    uses.add(
        generator
            .named("a")
            .useAsync(
                _ -> CompletableFuture.<Object>completedFuture(Way.JOIN.waitFor(uses.getFirst()))));

    assertFirstFailsWith(REFUSAL);
  }

  @Test
  void body_waitsForAnotherThatWaitsForItsUse_isRefused() {
    uses.add(
        entered()
            .useAsync(_ -> {
              known.await();
              return CompletableFuture.<Object>completedFuture(uses.getLast().join());
            }));
    uses.add(manager.named("b").useAsync(_ -> uses.getFirst()));
    known.countDown();

    refusal(uses.getFirst())
        .withMessage("the use of a would never end: it waits for that of b, which waits for it");
    assertThat(uses.getLast()).failsWithin(1, TimeUnit.MINUTES);
  }

  @Test
  void body_waitsForAUseInside_isNotRefused() {
    uses.add(
        entered()
            .useAsync(_ -> {
              known.await();
              return CompletableFuture.<Object>completedFuture(
                  entered().useAsync(value -> CompletableFuture.completedFuture(value)).join());
            }));
    known.countDown();

    assertThat(uses.getFirst().join()).isEqualTo("value");
  }

  /** {@return what enters on another thread, where the body begins then} */
  private AsyncContextManager<String> entered() {
    return AsyncContextManager.of(
            this::onAnotherThread,
            (_, how) -> {
              journal.add("exit " + Probe.describe(how));
              return Verdict.PROPAGATE.now();
            })
        .named("a");
  }

  private CompletableFuture<String> onAnotherThread() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            known.await();
          } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
          }
          return "value";
        },
        threads);
  }

  private String waitForTheFirst(Way way) {
    try {
      known.await();
      return String.valueOf(way.waitFor(uses.getFirst()));
    } catch (RuntimeException refusal) {
      throw refusal;
    } catch (Exception error) {
      throw new AssertionError(error);
    }
  }
}
