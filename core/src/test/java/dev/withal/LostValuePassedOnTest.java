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
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What holds a context whose value is lost passes that on to whose body it is. */
@ExtendWith(LeakCheck.class)
class LostValuePassedOnTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  private final Journal journal = new Journal();
  private final IOException reason = new IOException("lease ran out");
  private final CompletableFuture<Void> lost = new CompletableFuture<>();

  @OnEveryCarrier
  void lost_onAStack_endsTheStacksBody(Carrier carrier, VirtualTime time) {
    Async.sleepAsync(Duration.ofSeconds(1))
        .whenComplete((_, _) -> lost.completeExceptionally(reason));

    Throwable thrown =
        catchThrowable(() ->
            onStack(
                carrier,
                time,
                List.of(
                    new Probe(journal, carrier, "below"),
                    lease(),
                    new Probe(journal, carrier, "above"))));

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .endsWith(
            "exit above cancelled IOException",
            "exited above",
            "exit lease cancelled IOException",
            "exit below cancelled IOException",
            "exited below");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @OnEveryCarrier
  void lost_ofAMember_endsTheGroupsBody(Carrier carrier, VirtualTime time) {
    AsyncContextManager<List<String>> all =
        AsyncContextManager.all(List.of(lease(), new Probe(journal, carrier, "a")));

    Throwable thrown = lostWhileSleeping(carrier, time, all);

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "exit lease cancelled IOException",
            "exit a cancelled IOException",
            "exited a");
  }

  @OnEveryCarrier
  void lost_behindSuppressing_endsTheBody(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        lostWhileSleeping(carrier, time, lease().suppressing(IllegalStateException.class));

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("exit lease cancelled IOException");
  }

  @OnEveryCarrier
  void lost_behindAnExitTimeout_endsTheBody(Carrier carrier, VirtualTime time) {
    Throwable thrown = lostWhileSleeping(carrier, time, lease().exitTimeout(LONG));

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("exit lease cancelled IOException");
  }

  @OnEveryCarrier
  void lost_ofTheOuterOfTwo_endsTheInnerBodyToo(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> nested = lease().flatMap(_ -> new Probe(journal, carrier, "inner"));

    Throwable thrown = lostWhileSleeping(carrier, time, nested);

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly(
            "enter inner",
            "entered inner",
            "exit inner cancelled " + asked(carrier),
            "exited inner",
            "exit lease cancelled IOException");
  }

  @Test
  void lost_ofTheOuterOfTwo_cannotBeSuppressedByTheInnerExit() {
    var nested = new AtomicReference<CompletableFuture<String>>();
    var body = new CompletableFuture<String>();
    var inner = new Probe(journal, Carrier.STAGE_COMPLETE, "inner").answering(Verdict.SUPPRESS);
    CompletableFuture<String> result =
        lease()
            .useAsync(_ -> {
              nested.set(inner.useAsync(_ -> body));
              return nested.get();
            });

    lost.completeExceptionally(reason);
    body.complete("ignored");

    assertThat(nested.get().exceptionNow()).isSameAs(reason);
    assertThat(result.exceptionNow()).isSameAs(reason);
  }

  @OnEveryCarrier
  void lost_ofTheInnerOfTwo_isAFailureOfTheOuterBody(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> nested = new Probe(journal, carrier, "outer").flatMap(_ -> lease());

    Throwable thrown = lostWhileSleeping(carrier, time, nested);

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "entered outer",
            "exit lease cancelled IOException",
            "exit outer failed lease ran out",
            "exited outer");
  }

  @Test
  void lost_beforeItIsEnteredOnAStack_endsTheBodyThen(VirtualTime time) {
    lost.completeExceptionally(reason);

    Throwable thrown =
        catchThrowable(() ->
            AsyncExitStack.manager()
                .<String, Exception>use(stack -> {
                  journal.add("entered " + stack.enter(lease()));
                  Async.sleep(LONG);
                  return "ignored";
                }));

    assertThat(thrown).isSameAs(reason);
    assertThat(journal.events())
        .containsExactly("entered lease", "exit lease cancelled IOException");
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void lost_ofTwoOnAStack_isTheFirstReason(VirtualTime time) throws Exception {
    var later = new IOException("later");
    AsyncExitStack stack = AsyncExitStack.open();
    time.await(stack.enterAsync(lease()));
    var other = new CompletableFuture<Void>();
    time.await(stack.enterAsync(lease("other", other)));

    lost.completeExceptionally(reason);
    other.completeExceptionally(later);

    assertThat(stack.lost().toCompletableFuture().exceptionNow()).isSameAs(reason);
    stack.succeeded();
    stack.close();
    assertThat(journal.events()).containsExactly("exit other succeeded", "exit lease succeeded");
  }

  @OnEveryCarrier
  void lost_behindAChainOnAStack_endsTheStacksBody(Carrier carrier, VirtualTime time) {
    Async.sleepAsync(Duration.ofSeconds(1))
        .whenComplete((_, _) -> lost.completeExceptionally(reason));

    Throwable thrown =
        catchThrowable(() -> onStack(carrier, time, List.of(lease().map(value -> value))));

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("exit lease cancelled IOException");
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
  }

  @OnEveryCarrier
  void lost_behindANamedChain_endsTheBody(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        lostWhileSleeping(carrier, time, lease().map(value -> value).named("mapped"));

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("exit lease cancelled IOException");
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
  }

  /** In direct style the inner exit is told of the interruption, in stage style of the reason. */
  private static String asked(Carrier carrier) {
    return carrier.isDirect() ? "InterruptedException" : "IOException";
  }

  private Throwable lostWhileSleeping(
      Carrier carrier, VirtualTime time, AsyncContextManager<?> manager) {
    Async.sleepAsync(Duration.ofSeconds(1))
        .whenComplete((_, _) -> lost.completeExceptionally(reason));
    return catchThrowable(() -> {
      if (carrier.isDirect()) {
        carrier.use(
            time,
            manager,
            _ -> {
              Async.sleep(LONG);
              return "ignored";
            });
      } else {
        time.await(
            manager.useAsync((_, cancellation) -> cancellation.cancelling(Async.sleepAsync(LONG))));
      }
    });
  }

  private static void onStack(
      Carrier carrier, VirtualTime time, List<? extends AsyncContextManager<?>> managers)
      throws Exception {
    if (carrier.isDirect()) {
      carrier.use(
          time,
          AsyncExitStack.manager(),
          stack -> {
            for (AsyncContextManager<?> manager : managers) {
              stack.enter(manager);
            }
            Async.sleep(LONG);
            return "ignored";
          });
    } else {
      time.await(
          AsyncExitStack.manager()
              .useAsync((stack, cancellation) -> {
                managers.forEach(stack::enterAsync);
                return cancellation.cancelling(Async.sleepAsync(LONG));
              }));
    }
  }

  private AsyncContextManager<String> lease() {
    return lease("lease", lost);
  }

  private AsyncContextManager<String> lease(String name, CompletableFuture<?> end) {
    return () ->
        CompletableFuture.completedFuture(
            new AsyncContext<>() {
              @Override
              public String value() {
                return name;
              }

              @Override
              public CompletionStage<?> lost() {
                return end;
              }

              @Override
              public CompletionStage<Verdict> exitAsync(ExitCase how) {
                journal.add("exit " + name + " " + Probe.describe(how));
                return Verdict.PROPAGATE.now();
              }
            });
  }
}
