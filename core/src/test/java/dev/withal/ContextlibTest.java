package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What contextlib pins down of asynchronous context managers and no other test says already. */
@ExtendWith(LeakCheck.class)
class ContextlibTest {
  private final Journal journal = new Journal();

  @OnEveryCarrier
  void manager_thatIsItsOwnContext_handsOutItself(Carrier carrier, VirtualTime time)
      throws Exception {
    var own = new Own();

    boolean same = carrier.use(time, own, value -> value == own);

    assertThat(same).isTrue();
    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @OnEveryCarrier
  void bodysError_throughAGenerator_keepsItsStackTrace(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");
    StackTraceElement[] before = error.getStackTrace();
    AsyncContextManager<String> plain =
        AsyncContextManager.generator(yield -> yield.value("value"));

    Throwable thrown = catchThrowable(() -> carrier.use(time, plain, _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error);
    assertThat(thrown.getStackTrace()).isEqualTo(before);
  }

  @OnEveryCarrier
  void bodysError_throughAStack_keepsItsStackTrace(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");
    StackTraceElement[] before = error.getStackTrace();

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                AsyncExitStack.manager(),
                stack -> {
                  stack.deferAsync(() -> carrier.step(() -> Probe.raise(new IOException("exit"))));
                  return Probe.raise(error);
                }));

    assertThat(thrown).isSameAs(error);
    assertThat(thrown.getStackTrace()).isEqualTo(before);
  }

  @Test
  void generator_toldOfAFailureItDoesNotHandle_answersThatItPropagates(VirtualTime time)
      throws Exception {
    AsyncContextManager<String> plain =
        AsyncContextManager.generator(yield -> yield.value("value"));
    AsyncContext<? extends String> context = time.await(plain.enterAsync());

    Verdict verdict = time.await(context.exitAsync(ExitCase.of(new IOException("body"))));

    assertThat(verdict).isEqualTo(Verdict.PROPAGATE);
  }

  @OnEveryCarrier
  void generator_insideATryWithResources_closesItWhenTheBodyFails(
      Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> holding =
        AsyncContextManager.generator(yield -> {
          try (AutoCloseable resource = () -> journal.add("closed")) {
            yield.value(String.valueOf(resource != null));
          }
        });

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                holding,
                value -> {
                  journal.add("held " + value);
                  return Probe.raise(new IOException("body"));
                }));

    assertThat(thrown).hasMessage("body").hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("held true", "closed");
  }

  /** A manager of one use, which is its own context. */
  private final class Own implements AsyncContextManager<Own>, AsyncContext<Own> {
    @Override
    public CompletionStage<AsyncContext<Own>> enterAsync() {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public Own value() {
      return this;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      journal.add("exit " + Probe.describe(how));
      return Verdict.PROPAGATE.now();
    }
  }
}
