package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.VirtualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A synchronous manager's value that is no longer good asks the body to end in stage style. */
class LostSynchronousValueAsyncTest extends SynchronousLease {
  /** A value whose stack owes its exit. */
  private record Entry(String value) implements AsyncContext<String> {
    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Verdict.PROPAGATE.now();
    }
  }

  /** How it is used in stage style. */
  enum Staged {
    BOTH_KINDS {
      @Override
      AsyncContextManager<String> of(VirtualTime time, ContextManager<String> manager) {
        return manager.async();
      }
    },
    ON_AN_EXECUTOR {
      @Override
      AsyncContextManager<String> of(VirtualTime time, ContextManager<String> manager) {
        return manager.async(time.executor(task -> Thread.ofVirtual().start(task)));
      }
    },
    NAMED_AND_BOUNDED {
      @Override
      AsyncContextManager<String> of(VirtualTime time, ContextManager<String> manager) {
        return manager.async().enterTimeout(LONG).exitTimeout(LONG).named("it");
      }
    },
    ON_A_STACK {
      @Override
      AsyncContextManager<String> of(VirtualTime time, ContextManager<String> manager) {
        return AsyncExitStack.manager()
            .flatMap(stack -> () -> stack.enterAsync(manager.async()).thenApply(Entry::new));
      }
    },
    IN_A_GROUP {
      @Override
      AsyncContextManager<String> of(VirtualTime time, ContextManager<String> manager) {
        return AsyncContextManager.all(List.of(manager.async())).map(List::getFirst);
      }
    },
    WAITED_FOR_BY_AN_EXECUTOR {
      @Override
      AsyncContextManager<String> of(VirtualTime time, ContextManager<String> manager) {
        return manager
            .async()
            .named("it")
            .blocking()
            .async(time.executor(task -> Thread.ofVirtual().start(task)));
      }
    },
    THERE_AND_BACK {
      @Override
      AsyncContextManager<String> of(VirtualTime time, ContextManager<String> manager) {
        return manager.async().blocking().async();
      }
    };

    abstract AsyncContextManager<String> of(VirtualTime time, ContextManager<String> manager);
  }

  @ParameterizedTest
  @EnumSource
  void lost_whileTheBodyRunsInStageStyle_asksItAndExitsAfterIt(Staged way, VirtualTime time) {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> use =
        way.of(time, lease)
            .useAsync((_, cancellation) -> {
              cancellation.onRequest(asked -> journal.add("asked " + asked.getMessage()));
              return body;
            });
    time.settle();

    lost.completeExceptionally(reason);
    time.settle();
    assertThat(journal.events()).containsExactly("asked lease ran out");
    body.complete("late");
    time.settle();

    assertThat(use.exceptionNow()).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("asked lease ran out", "exit cancelled IOException");
  }

  @ParameterizedTest
  @EnumSource
  void lost_beforeTheBodyBeginsInStageStyle_asksIt(Staged way, VirtualTime time) {
    lost.completeExceptionally(reason);

    CompletableFuture<String> use =
        way.of(time, lease)
            .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));
    time.settle();

    assertThat(use.exceptionNow()).isSameAs(reason);
    assertThat(journal.events()).containsExactly("exit cancelled IOException");
  }

  @ParameterizedTest
  @EnumSource
  void lost_afterTheBodyEndedInStageStyle_changesNothing(Staged way, VirtualTime time)
      throws Exception {
    String result = time.await(way.of(time, lease).useAsync(CompletableFuture::completedFuture));

    lost.completeExceptionally(reason);
    time.settle();

    assertThat(result).isEqualTo("value");
    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @ParameterizedTest
  @EnumSource
  void lostItself_failsInStageStyle_exitsOnceWithoutTheBody(Staged way, VirtualTime time) {
    var failure = new IllegalStateException("lost");
    CompletableFuture<String> use =
        way.of(time, new Lease(failure, Verdict.PROPAGATE))
            .useAsync(_ -> {
              journal.add("body");
              return CompletableFuture.completedFuture("result");
            });
    time.settle();

    assertThat(use.exceptionNow()).isSameAs(failure);
    assertThat(journal.events()).containsExactly("exit failed lost");
  }

  @Test
  void context_thatSaysNothingOfIt_losesNothing() throws Exception {
    Context<? extends String> context =
        ContextManager.of(() -> "value", (_, _) -> Verdict.PROPAGATE).enter();

    assertThat(context.lost()).isNull();
    assertThat(context.exit(ExitCase.success())).isSameAs(Verdict.PROPAGATE);
  }
}
