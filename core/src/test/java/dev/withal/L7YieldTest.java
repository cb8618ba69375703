package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L7: what a generator has put around its yield asks the body to end, in every form of a use. */
@ExtendWith(LeakCheck.class)
class L7YieldTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Journal journal = new Journal();

  /** A form in which a manager is used by a body that runs until it is asked to end. */
  enum Form {
    DIRECT {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        manager.<Object, Exception>use(_ -> untilAsked());
      }
    },
    DIRECT_ENTER_TIMEOUT {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        manager.enterTimeout(LONG).<Object, Exception>use(_ -> untilAsked());
      }
    },
    DIRECT_EXIT_TIMEOUT {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        manager.exitTimeout(LONG).<Object, Exception>use(_ -> untilAsked());
      }
    },
    DIRECT_GROUP {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        AsyncContextManager.all(List.of(manager)).<Object, Exception>use(_ -> untilAsked());
      }
    },
    DIRECT_STACK {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        AsyncExitStack.manager()
            .<Object, Exception>use(stack -> {
              stack.enter(manager.map(value -> value));
              return untilAsked();
            });
      }
    },
    BLOCKING {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        manager.exitTimeout(LONG).blocking().<Object, Exception>use(_ -> untilAsked());
      }
    },
    STAGE {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        time.await(manager.useAsync((_, cancellation) -> untilAsked(cancellation)));
      }
    },
    STAGE_ENTER_TIMEOUT {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        STAGE.use(time, manager.enterTimeout(LONG));
      }
    },
    STAGE_EXIT_TIMEOUT {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        STAGE.use(time, manager.exitTimeout(LONG).named("bounded"));
      }
    },
    STAGE_CHAIN {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        STAGE.use(
            time,
            manager
                .suppressing(IllegalStateException.class)
                .flatMap(AsyncContextManager::ofValue)
                .map(value -> value));
      }
    },
    STAGE_GROUP {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        STAGE.use(
            time,
            AsyncContextManager.all(List.of(AsyncContextManager.ofValue("other"), manager))
                .map(List::getLast));
      }
    },
    STAGE_STACK {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        time.await(
            AsyncExitStack.manager()
                .useAsync((stack, cancellation) ->
                    stack.enterAsync(manager).thenCompose(_ -> untilAsked(cancellation))));
      }
    },
    STAGE_BEHIND_BLOCKING {
      @Override
      void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception {
        STAGE.use(time, manager.blocking().async());
      }
    };

    abstract void use(VirtualTime time, AsyncContextManager<String> manager) throws Exception;

    private static Object untilAsked() throws InterruptedException {
      Async.sleep(LONG);
      return "in vain";
    }

    private static CompletionStage<?> untilAsked(Cancellation cancellation) {
      return cancellation.cancelling(Async.sleepAsync(LONG));
    }
  }

  @ParameterizedTest
  @EnumSource
  void timeout_aroundAYield_endsTheBody(Form form, VirtualTime time) {
    Throwable thrown = catchThrowable(() -> form.use(time, inside(Async.timeout(LIMIT))));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("timed out after PT1S");
    assertThat(journal.events()).containsExactly("yield threw InterruptedException");
    assertThat(time.elapsed()).isEqualTo(LIMIT);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void leaseThatIsLost_aroundAYield_endsTheBody(Form form, VirtualTime time) {
    var reason = new IOException("lease ran out");
    var lost = new CompletableFuture<Void>();
    Async.sleepAsync(LIMIT).whenComplete((_, _) -> lost.completeExceptionally(reason));

    Throwable thrown = catchThrowable(() -> form.use(time, inside(lease(lost))));

    assertThat(thrown).isSameAs(reason);
    assertThat(journal.events())
        .containsExactly("yield threw InterruptedException", "exit cancelled IOException");
    assertThat(time.elapsed()).isEqualTo(LIMIT);
  }

  @ParameterizedTest
  @EnumSource
  void timeout_expiresBeforeTheYield_endsTheBody(Form form, VirtualTime time) {
    AsyncContextManager<String> slow =
        AsyncContextManager.generator(yield ->
            Async.timeout(LIMIT)
                .use(_ -> {
                  Await.shielded(Async.sleepAsync(LIMIT.multipliedBy(2)));
                  Thread.currentThread().interrupt();
                  yieldIn(yield);
                  return null;
                }));

    Throwable thrown = catchThrowable(() -> form.use(time, slow));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(journal.events()).containsExactly("yield threw InterruptedException");
    assertThat(time.elapsed()).isEqualTo(LIMIT.multipliedBy(2));
  }

  @Test
  void timeout_aroundAYield_inStageStyle_exitsWhatIsInsideFirst(VirtualTime time) {
    AsyncContextManager<String> nested =
        inside(Async.timeout(LIMIT))
            .flatMap(_ -> new Probe(journal, Carrier.STAGE_COMPLETE, "inner"));

    Throwable thrown = catchThrowable(() -> Form.STAGE.use(time, nested));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(journal.events())
        .containsExactly(
            "enter inner",
            "entered inner",
            "exit inner cancelled InterruptedException",
            "exited inner",
            "yield threw InterruptedException");
  }

  @Test
  void timeout_aroundAYield_bodyTakesNoNotice_isOvertaken(VirtualTime time) {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result = inside(Async.timeout(LIMIT)).useAsync(_ -> body);

    try (var _ = Report.listen(report -> journal.add(report.kind().name()))) {
      Throwable thrown = catchThrowable(() -> time.await(result));
      assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    }

    assertThat(journal.events()).containsExactly("OVERLAP", "yield threw InterruptedException");
    assertThat(time.elapsed()).isEqualTo(LIMIT.plus(Duration.ofSeconds(1)));
  }

  @Test
  void timeout_aroundAYield_bodyEndsInTime_leavesNoTrace(VirtualTime time) throws Exception {
    String result =
        time.await(
            inside(Async.timeout(LIMIT))
                .useAsync(value -> CompletableFuture.completedFuture(value)));

    assertThat(result).isEqualTo("value");
    assertThat(journal.events()).isEmpty();
    assertThat(time.pendingTimers()).isZero();
  }

  private AsyncContextManager<String> inside(AsyncContextManager<?> outer) {
    return AsyncContextManager.generator(yield ->
        outer.use(_ -> {
          yieldIn(yield);
          return null;
        }));
  }

  private void yieldIn(Generator.Yield<String> yield) throws Exception {
    try {
      yield.value("value");
    } catch (Throwable error) {
      journal.add("yield threw " + error.getClass().getSimpleName());
      throw error;
    }
  }

  private AsyncContextManager<String> lease(CompletableFuture<?> lost) {
    return () ->
        CompletableFuture.completedFuture(
            new AsyncContext<>() {
              @Override
              public String value() {
                return "lease";
              }

              @Override
              public CompletionStage<?> lost() {
                return lost;
              }

              @Override
              public CompletionStage<Verdict> exitAsync(ExitCase how) {
                journal.add("exit " + Probe.describe(how));
                return Verdict.PROPAGATE.now();
              }
            });
  }
}
