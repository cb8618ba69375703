package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Functions that run inside a fresh context each time they are called. */
@ExtendWith(LeakCheck.class)
class ComposeWrapTest {
  private static final List<String> ONE_CALL =
      List.of("enter a", "entered a", "body", "exit a succeeded", "exited a");

  @Test
  void wrap_neverCalled_entersNothing(Journal journal) {
    var a = new Probe(journal, Carrier.SAME_THREAD, "a");

    assertThat(a.wrap(argument -> argument)).isNotNull();
    assertThat(a.wrapAsync(CompletableFuture::completedFuture)).isNotNull();

    assertThat(journal.events()).isEmpty();
  }

  @Test
  void wrap_called_runsInsideTheContext(VirtualTime time, Journal journal) throws Exception {
    Body<Integer, String, RuntimeException> wrapped =
        new Probe(journal, Carrier.VIRTUAL_THREAD, "a").wrap(number -> body(journal, number));

    String result = wrapped.apply(3);

    assertThat(result).isEqualTo("of 3");
    assertThat(journal.events()).isEqualTo(ONE_CALL);
  }

  @Test
  void wrapAsync_called_runsInsideTheContext(VirtualTime time, Journal journal) throws Exception {
    Function<Integer, CompletableFuture<String>> wrapped =
        new Probe(journal, Carrier.STAGE_LATER, "a")
            .wrapAsync(number -> CompletableFuture.completedFuture(body(journal, number)));

    String result = time.await(wrapped.apply(3));

    assertThat(result).isEqualTo("of 3");
    assertThat(journal.events()).isEqualTo(ONE_CALL);
  }

  @Test
  void wrap_calledTwice_entersAFreshContextEachTime(Journal journal) throws Exception {
    Body<Integer, String, RuntimeException> wrapped =
        new Probe(journal, Carrier.SAME_THREAD, "a").wrap(number -> body(journal, number));

    wrapped.apply(1);
    wrapped.apply(2);

    assertThat(journal.events().subList(0, 5)).isEqualTo(ONE_CALL);
    assertThat(journal.events().subList(5, 10)).isEqualTo(ONE_CALL);
  }

  @Test
  void wrapAsync_calledTwiceAtTheSameTime_entersAFreshContextEachTime(
      VirtualTime time, Journal journal) throws Exception {
    Function<Integer, CompletableFuture<String>> wrapped =
        new Probe(journal, Carrier.STAGE_LATER, "a")
            .wrapAsync(number -> CompletableFuture.completedFuture("of " + number));

    CompletableFuture<String> first = wrapped.apply(1);
    CompletableFuture<String> second = wrapped.apply(2);

    assertThat(time.await(first)).isEqualTo("of 1");
    assertThat(time.await(second)).isEqualTo("of 2");
    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "enter a",
            "entered a",
            "exit a succeeded",
            "entered a",
            "exit a succeeded",
            "exited a",
            "exited a");
  }

  @Test
  void wrap_functionThrows_exitsToldSo(Journal journal) {
    var error = new IOException("function");
    Body<Integer, String, Exception> wrapped =
        new Probe(journal, Carrier.SAME_THREAD, "a").wrap(_ -> Probe.raise(error));

    Throwable thrown = catchThrowable(() -> wrapped.apply(1));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a failed function", "exited a");
  }

  @Test
  void wrapAsync_functionThrows_exitsToldSo(Journal journal) {
    var error = new IOException("function");
    Function<Integer, CompletableFuture<String>> wrapped =
        new Probe(journal, Carrier.STAGE_COMPLETE, "a")
            .wrapAsync(_ -> {
              throw error;
            });

    assertThat(wrapped.apply(1).exceptionNow()).isSameAs(error);

    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a failed function", "exited a");
  }

  @Test
  void wrap_exitSuppresses_returnsNull(Journal journal) throws Exception {
    Body<Integer, String, Exception> wrapped =
        new Probe(journal, Carrier.SAME_THREAD, "a")
            .answering(Verdict.SUPPRESS)
            .wrap(_ -> Probe.raise(new IOException("function")));

    assertThat(wrapped.apply(1)).isNull();
  }

  @Test
  void wrap_functionCallsItself_nestsOneContextPerCall(Journal journal) throws Exception {
    var itself = new AtomicReference<Body<Integer, Integer, RuntimeException>>();
    itself.set(
        new Probe(journal, Carrier.SAME_THREAD, "a")
            .wrap(depth -> depth == 10 ? 10 : itself.get().apply(depth + 1)));

    int deepest = itself.get().apply(1);

    assertThat(deepest).isEqualTo(10);
    assertNested(journal);
  }

  @Test
  void wrapAsync_functionCallsItself_nestsOneContextPerCall(VirtualTime time, Journal journal)
      throws Exception {
    var itself = new AtomicReference<Function<Integer, CompletableFuture<Integer>>>();
    itself.set(
        new Probe(journal, Carrier.STAGE_LATER, "a")
            .wrapAsync(depth ->
                depth == 10
                    ? CompletableFuture.completedFuture(10)
                    : itself.get().apply(depth + 1)));

    int deepest = time.await(itself.get().apply(1));

    assertThat(deepest).isEqualTo(10);
    assertNested(journal);
  }

  @Test
  void wrap_null_isRefused(Journal journal) {
    var a = new Probe(journal, Carrier.SAME_THREAD, "a");

    assertThatNullPointerException().isThrownBy(() -> a.wrap(null)).withMessage("function");
    assertThatNullPointerException().isThrownBy(() -> a.wrapAsync(null)).withMessage("function");
  }

  private static String body(Journal journal, int number) {
    journal.add("body");
    return "of " + number;
  }

  /** Ten enters, one after the other, and then ten exits. */
  private static void assertNested(Journal journal) {
    assertThat(journal.events()).hasSize(40);
    for (int i = 0; i < 20; i += 2) {
      assertThat(journal.events().subList(i, i + 2)).containsExactly("enter a", "entered a");
      assertThat(journal.events().subList(i + 20, i + 22))
          .containsExactly("exit a succeeded", "exited a");
    }
  }
}
