package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is put on a stack, in which ways, and in which order it ends. */
@ExtendWith(LeakCheck.class)
class ExitStackTest {
  private final Journal journal = new Journal();

  @OnEveryCarrier
  void stack_ofNothing_givesTheBodysResult(Carrier carrier, VirtualTime time) throws Exception {
    String result = carrier.use(time, AsyncExitStack.manager(), _ -> "result");

    assertThat(result).isEqualTo("result");
  }

  @OnEveryCarrier
  void stack_ofNothing_givesTheBodysError(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, AsyncExitStack.manager(), _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void defer_severalActions_runsTheLastFirst(Carrier carrier, VirtualTime time) throws Exception {
    carrier.use(
        time,
        AsyncExitStack.manager(),
        stack -> {
          stack.deferAsync(() -> note(carrier, "first"));
          stack.deferAsync(() -> note(carrier, "second"));
          journal.add("body");
          return null;
        });

    assertThat(journal.events()).containsExactly("body", "second", "first");
  }

  @OnEveryCarrier
  void defer_bodyFails_runsAndCannotSuppress(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                AsyncExitStack.manager(),
                stack -> {
                  stack.deferAsync(() -> carrier.step(() -> Verdict.SUPPRESS));
                  stack.deferAsync(() -> note(carrier, "action"));
                  return Probe.raise(error);
                }));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("action");
  }

  @OnEveryCarrier
  void push_isToldHowTheBodyEnded(Carrier carrier, VirtualTime time) throws Exception {
    Throwable failed = catchThrowable(() -> pushAnd(carrier, time, new IOException("body")));
    Throwable cancelled =
        catchThrowable(() -> pushAnd(carrier, time, new CancellationException("enough")));
    pushAnd(carrier, time, null);

    assertThat(failed).hasMessage("body");
    assertThat(cancelled).hasMessage("enough");
    assertThat(journal.events())
        .containsExactly("failed body", "cancelled CancellationException", "succeeded");
  }

  @OnEveryCarrier
  void push_suppresses_endsTheError(Carrier carrier, VirtualTime time) throws Exception {
    String result =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              stack.pushAsync(_ -> carrier.step(() -> Verdict.SUPPRESS));
              return Probe.raise(new IOException("body"));
            });

    assertThat(result).isNull();
  }

  @OnEveryCarrier
  void adopt_returnsTheValueAndReleasesIt(Carrier carrier, VirtualTime time) throws Exception {
    var value = new Object();

    Object adopted =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack ->
                stack.adoptAsync(value, released -> note(carrier, "same " + (released == value))));

    assertThat(adopted).isSameAs(value);
    assertThat(journal.events()).containsExactly("same true");
  }

  @OnEveryCarrier
  void adopt_null_releasesNull(Carrier carrier, VirtualTime time) throws Exception {
    String result =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              String adopted =
                  stack.adoptAsync(null, released -> note(carrier, "released " + released));
              return "got " + adopted;
            });

    assertThat(result).isEqualTo("got null");
    assertThat(journal.events()).containsExactly("released null");
  }

  @OnEveryCarrier
  void stack_ofAllKindsOfExits_isOneOrder(Carrier carrier, VirtualTime time) throws Exception {
    carrier.use(
        time,
        AsyncExitStack.manager(),
        stack -> {
          stack.deferAsync(() -> note(carrier, "deferred"));
          enter(carrier, time, stack, new Probe(journal, carrier, "entered"));
          stack.pushAsync(how -> {
            journal.add("pushed " + Probe.describe(how));
            return carrier.step(() -> Verdict.PROPAGATE);
          });
          return stack.adoptAsync("value", value -> note(carrier, "adopted " + value));
        });

    assertThat(journal.events())
        .endsWith(
            "adopted value",
            "pushed succeeded",
            "exit entered succeeded",
            "exited entered",
            "deferred");
  }

  @Tag("slow")
  @OnEveryCarrier
  void stack_ofAHundredThousandActions_runsThemAll(Carrier carrier, VirtualTime time)
      throws Exception {
    var count = new AtomicInteger();
    int many = 100_000;

    carrier.use(
        time,
        AsyncExitStack.manager(),
        stack -> {
          for (int i = 0; i < many; i++) {
            stack.deferAsync(() -> CompletableFuture.completedFuture(count.incrementAndGet()));
          }
          return null;
        });

    assertThat(count).hasValue(many);
  }

  @Test
  void stack_null_isRefused() {
    AsyncExitStack stack = AsyncExitStack.open();

    assertThatNullPointerException().isThrownBy(() -> stack.enter(null)).withMessage("manager");
    assertThatNullPointerException()
        .isThrownBy(() -> stack.enterAsync(null))
        .withMessage("manager");
    assertThatNullPointerException().isThrownBy(() -> stack.pushAsync(null)).withMessage("exit");
    assertThatNullPointerException().isThrownBy(() -> stack.deferAsync(null)).withMessage("action");
    assertThatNullPointerException()
        .isThrownBy(() -> stack.adoptAsync("value", null))
        .withMessage("release");
    assertThatNullPointerException().isThrownBy(() -> stack.exitAsync(null)).withMessage("how");
    stack.close();
  }

  private void pushAnd(Carrier carrier, VirtualTime time, Throwable end) throws Exception {
    carrier.use(
        time,
        AsyncExitStack.manager(),
        stack -> {
          stack.pushAsync(how -> {
            journal.add(Probe.describe(how));
            return carrier.step(() -> Verdict.PROPAGATE);
          });
          return end == null ? "done" : Probe.raise(end);
        });
  }

  private static <T> T enter(
      Carrier carrier, VirtualTime time, AsyncExitStack stack, AsyncContextManager<T> manager)
      throws Exception {
    return carrier.isDirect() ? stack.enter(manager) : time.await(stack.enterAsync(manager));
  }

  private CompletionStage<String> note(Carrier carrier, String event) {
    return carrier.step(() -> {
      journal.add(event);
      return event;
    });
  }
}
