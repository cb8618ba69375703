package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtendWith;

/** Exits of a stack that break the protocol stop no other. */
@ExtendWith(LeakCheck.class)
class ExitStackBrokenExitsTest {
  private final Journal journal = new Journal();

  @OnEveryCarrier
  void exit_throwsInsteadOfReturning_letsTheOthersRun(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        use(
            carrier,
            time,
            new IOException("body"),
            stack -> {
              stack.deferAsync(() -> note(carrier, "below"));
              stack.pushAsync(_ -> {
                throw new IllegalStateException("thrown");
              });
            });

    assertThat(tree(thrown)).isEqualTo("body[thrown]");
    assertThat(journal.events()).containsExactly("below");
  }

  @OnEveryCarrier
  void exit_returnsNull_letsTheOthersRunAndSaysWhatToReturn(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        use(
            carrier,
            time,
            null,
            stack -> {
              stack.deferAsync(() -> note(carrier, "below"));
              stack.pushAsync(_ -> null);
            });

    assertThat(thrown)
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "exitAsync returned null instead of a stage: return one that completes with a"
                + " verdict");
    assertThat(journal.events()).containsExactly("below");
  }

  @OnEveryCarrier
  void action_returnsNull_letsTheOthersRunAndSaysWhatToReturn(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        use(
            carrier,
            time,
            null,
            stack -> {
              stack.deferAsync(() -> note(carrier, "below"));
              stack.deferAsync(() -> null);
            });

    assertThat(thrown)
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessageStartingWith("a release returned null instead of a stage: ");
    assertThat(journal.events()).containsExactly("below");
  }

  @OnEveryCarrier
  void exit_completesWithNull_letsTheOthersRunAndSaysWhatToCompleteWith(
      Carrier carrier, VirtualTime time) {
    Throwable thrown =
        use(
            carrier,
            time,
            null,
            stack -> {
              stack.deferAsync(() -> note(carrier, "below"));
              stack.pushAsync(_ -> carrier.step(() -> null));
            });

    assertThat(thrown)
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "the exit completed with null instead of a verdict: complete it with"
                + " Verdict.PROPAGATE");
    assertThat(journal.events()).containsExactly("below");
  }

  @OnEveryCarrier
  void exit_returnsAStageThatCannotBeAwaited_letsTheOthersRun(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        use(
            carrier,
            time,
            null,
            stack -> {
              stack.deferAsync(() -> note(carrier, "below"));
              stack.pushAsync(_ -> new BrokenStage());
            });

    assertThat(thrown)
        .isExactlyInstanceOf(UnsupportedOperationException.class)
        .hasMessage("broken stage");
    assertThat(journal.events()).containsExactly("below");
  }

  private static Throwable use(Carrier carrier, VirtualTime time, Throwable end, Filling filling) {
    return catchThrowable(() ->
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              filling.fill(stack);
              return end == null ? "done" : Probe.raise(end);
            }));
  }

  private interface Filling {
    void fill(AsyncExitStack stack) throws Exception;
  }

  /** {@return the message of an error, and in brackets what was added to it} */
  private static String tree(Throwable error) {
    String added =
        Arrays.stream(error.getSuppressed())
            .map(ExitStackBrokenExitsTest::tree)
            .collect(Collectors.joining(", "));
    return added.isEmpty() ? error.getMessage() : error.getMessage() + "[" + added + "]";
  }

  private CompletionStage<String> note(Carrier carrier, String event) {
    return carrier.step(() -> {
      journal.add(event);
      return event;
    });
  }

  /** A stage that nobody can wait for. */
  private static final class BrokenStage extends CompletableFuture<Verdict> {
    @Override
    public CompletableFuture<Verdict> whenComplete(
        BiConsumer<? super Verdict, ? super Throwable> action) {
      throw new UnsupportedOperationException("broken stage");
    }

    @Override
    public <U> CompletableFuture<U> handle(BiFunction<? super Verdict, Throwable, ? extends U> f) {
      throw new UnsupportedOperationException("broken stage");
    }
  }
}
