package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Work that has ended, what stops it, synchronous values that may be lost, and plain exits: nothing
 * of them is kept.
 */
@Tag("slow")
class KeptByWorkTest extends LargeValues {

  /** A context that may lose its value. */
  private record Lease(Large value, CompletionStage<?> lost) implements Context<Large> {
    @Override
    public Verdict exit(ExitCase how) {
      return Verdict.PROPAGATE;
    }
  }

  private ContextManager<Large> lease(CompletionStage<?> lost) {
    return () -> new Lease(large(), lost);
  }

  private static Work<Integer, RuntimeException> working(Large large) {
    return () -> large.hashCode() & 1;
  }

  private static Work<Integer, Exception> waiting(Large large) {
    return () -> {
      try {
        return Async.await(new CompletableFuture<Integer>());
      } finally {
        working(large).call();
      }
    };
  }

  private static Runnable stopping(Large large) {
    return () -> kept(large);
  }

  /** Uses a value, so that a lambda holds it. */
  private static void kept(Large large) {
    assertThat(large).isNotNull();
  }

  // ---- work on a thread of its own -------------------------------------------------------------

  @Test
  void work_thatEnded_keepsItsResultOnly() {
    kept.add(finish(Async.callAsync(working(large()))));

    assertNothingIsKept(1);
  }

  @Test
  void work_thatFailsAsItIsAsked_keepsNothing() {
    CompletableFuture<Integer> future = Async.callAsync(waiting(large()));
    time.settle();
    future.complete(1);

    kept.add(finish(future));

    assertNothingIsKept(1);
  }

  @Test
  void use_ofWorkThatIsAsked_keepsNoContext() {
    CompletableFuture<Integer> use =
        lease(new CompletableFuture<>())
            .async()
            .useAsync(large ->
                Async.callAsync(() -> {
                  Async.await(new CompletableFuture<>());
                  return large.hashCode();
                }));
    time.settle();
    use.complete(1);
    kept.add(finish(use));

    assertNothingIsKept(1);
  }

  // ---- work that is stopped --------------------------------------------------------------------

  @Test
  void stop_ofABodyThatEnded_isForgotten() {
    for (boolean asked : new boolean[] {false, true}) {
      var work = new CompletableFuture<Integer>();
      Runnable stop = stopping(large());
      CompletableFuture<Integer> use =
          AsyncContextManager.ofValue("value")
              .useAsync((_, cancellation) -> {
                kept.add(cancellation);
                return cancellation.stopping(work, stop);
              });
      if (asked) {
        use.completeExceptionally(new IOException("asked"));
      }
      work.complete(1);
      kept.add(work);
      kept.add(finish(use));
    }

    assertNothingIsKept(2);
  }

  @Test
  void stop_ofAWaitThatEnded_isForgotten() {
    var foreign = new CompletableFuture<String>() {};
    for (int i = 0; i < 20; i++) {
      Runnable stop = stopping(large());
      Thread waiter =
          time.start(() -> {
            var _ = catchThrowable(() -> Async.await(foreign, stop));
          });
      time.settle();
      time.interrupt(waiter);
      time.settle();
    }
    foreign.complete("value");
    time.settle();
    kept.add(foreign);

    assertThat(foreign.getNumberOfDependents()).isZero();
    assertNothingIsKept(20);
  }

  // ---- synchronous values that may be lost -----------------------------------------------------

  @Test
  void lost_ofASynchronousSession_keepsNoLease() throws Exception {
    var session = new CompletableFuture<@Nullable Void>();
    for (int i = 0; i < 20; i++) {
      lease(session).use(_ -> 1);
      lease(session).async().named("it").use(_ -> 1);
      finish(lease(session).async().useAsync(this::later));
      finish(lease(session).async(time.executor(Runnable::run)).useAsync(this::later));
    }
    kept.add(session);

    assertThat(session.getNumberOfDependents()).isLessThanOrEqualTo(1);
    assertNothingIsKept(80);
  }

  @Test
  void lost_ofASynchronousSessionOnStacksAndInGroups_keepsNoLease() throws Exception {
    var session = new CompletableFuture<@Nullable Void>();
    for (int i = 0; i < 20; i++) {
      AsyncExitStack.manager().use(stack -> stack.enter(lease(session).async()) == null);
      finish(
          AsyncExitStack.manager()
              .useAsync(
                  stack -> stack.enterAsync(lease(session).async()).thenCompose(this::later)));
      finish(AsyncContextManager.all(List.of(lease(session).async())).useAsync(this::later));
    }
    kept.add(session);

    assertThat(session.getNumberOfDependents()).isLessThanOrEqualTo(1);
    assertNothingIsKept(60);
  }

  // ---- plain exits -----------------------------------------------------------------------------

  @Test
  void plainExits_ofAStackThatIsClosed_areForgotten() {
    AsyncExitStack direct = filled();
    direct.close();
    AsyncExitStack staged = filled();
    finish(staged.closeAsync());
    AsyncExitStack moved = filled();
    moved.popAll().close();
    kept.addAll(List.of(direct, staged, moved));

    assertNothingIsKept(9);
  }

  private AsyncExitStack filled() {
    AsyncExitStack stack = AsyncExitStack.open();
    Large large = large();
    stack.push(_ -> large.hashCode() == 0 ? Verdict.SUPPRESS : Verdict.PROPAGATE);
    stack.adopt(large(), KeptByWorkTest::kept);
    Large another = large();
    stack.defer(() -> kept(another));
    return stack;
  }

  // ---- publishers ------------------------------------------------------------------------------

  @Test
  void future_ofAPublisherThatIsCancelled_keepsNothingOfTheBody() {
    var publisher = new java.util.concurrent.SubmissionPublisher<String>(Runnable::run, 1);
    CompletableFuture<Integer> use =
        AsyncContextManager.closingValue(this::large, _ -> completedFuture(null))
            .useAsync((large, cancellation) -> {
              CompletableFuture<String> one = cancellation.cancelling(Async.one(publisher));
              return one.thenApply(_ -> large.hashCode());
            });
    use.complete(1);
    kept.add(publisher);
    kept.add(finish(use));

    assertThat(publisher.getNumberOfSubscribers()).isZero();
    assertNothingIsKept(1);
    publisher.close();
  }
}
