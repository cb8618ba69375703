package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Errors of a type end behind a manager's exit. */
@ExtendWith(LeakCheck.class)
class ComposeSuppressingTest {

  @OnEveryCarrier
  void suppressing_bodyFailsWithTheType_endsBehindTheExit(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    var manager = new Probe(journal, carrier, "a").suppressing(IOException.class);

    String result = carrier.use(time, manager, _ -> Probe.raise(new IOException("body")));

    assertThat(result).isNull();
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a failed body", "exited a");
  }

  @OnEveryCarrier
  void suppressing_bodyFailsWithASubtype_ends(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var manager = new Probe(journal, carrier, "a").suppressing(IOException.class);

    String result = carrier.use(time, manager, _ -> Probe.raise(new FileNotFoundException("body")));

    assertThat(result).isNull();
  }

  @OnEveryCarrier
  void suppressing_bodyFailsWithAnotherType_propagates(
      Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("body");
    var manager = new Probe(journal, carrier, "a").suppressing(FileNotFoundException.class);

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void suppressing_oneTypeAfterTheOther_endsEachOfThem(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    var manager =
        new Probe(journal, carrier, "a")
            .suppressing(IOException.class)
            .suppressing(IllegalStateException.class);

    String first = carrier.use(time, manager, _ -> Probe.raise(new IOException("body")));
    String second = carrier.use(time, manager, _ -> Probe.raise(new IllegalStateException("body")));

    assertThat(first).isNull();
    assertThat(second).isNull();
  }

  @OnEveryCarrier
  void suppressing_bodyReturns_keepsTheValue(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var manager = new Probe(journal, carrier, "a").suppressing(Throwable.class);

    assertThat(carrier.<String, String>use(time, manager, value -> value)).isEqualTo("a");
  }

  @OnEveryCarrier
  void suppressing_enterFailsWithTheType_propagates(
      Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("enter");
    var manager =
        new Probe(journal, carrier, "a").failingToEnter(error).suppressing(IOException.class);

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void suppressing_exitFailsWithTheType_leavesNoValue(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    var manager =
        new Probe(journal, carrier, "a")
            .failingToExit(new IOException("exit"))
            .suppressing(IOException.class);

    String result = carrier.<String, String>use(time, manager, _ -> "value");

    assertThat(result).isNull();
    assertThat(journal.events()).containsExactly("enter a", "entered a", "exit a succeeded");
  }

  @OnEveryCarrier
  void suppressing_exitReplacesByTheType_ends(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var manager =
        new Probe(journal, carrier, "a")
            .answering(Verdict.replaceWith(new IOException("replacement")))
            .suppressing(IOException.class);

    String result = carrier.use(time, manager, _ -> Probe.raise(new IllegalStateException("body")));

    assertThat(result).isNull();
  }

  @OnEveryCarrier
  void suppressing_exitFailsAfterABodyOfAnotherType_keepsBoth(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IllegalStateException("body");
    var exitError = new IOException("exit");
    var manager =
        new Probe(journal, carrier, "a").failingToExit(exitError).suppressing(IOException.class);

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, manager, _ -> Probe.raise(bodyError)));

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(exitError);
  }

  @OnEveryCarrier
  void suppressing_bodyCancelsItself_ends(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var manager = new Probe(journal, carrier, "a").suppressing(CancellationException.class);

    String result = carrier.use(time, manager, _ -> Probe.raise(new CancellationException("own")));

    assertThat(result).isNull();
  }

  @OnEveryCarrier
  void suppressing_insideAnotherContext_leavesItASuccess(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    AsyncContextManager<String> inner =
        new Probe(journal, carrier, "inner").suppressing(IOException.class);
    var nested = new Probe(journal, carrier, "outer").flatMap(_ -> inner);

    String result = carrier.use(time, nested, _ -> Probe.raise(new IOException("body")));

    assertThat(result).isNull();
    assertThat(journal.events())
        .endsWith("exit inner failed body", "exited inner", "exit outer succeeded", "exited outer");
  }

  @OnEveryCarrier
  void suppressing_onAStack_endsForTheContextsBelow(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    var below = new Probe(journal, carrier, "below");
    var above = new Probe(journal, carrier, "above").suppressing(IOException.class);

    String result =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              for (AsyncContextManager<String> manager : List.of(below, above)) {
                if (carrier.isDirect()) {
                  stack.enter(manager);
                } else {
                  time.await(stack.enterAsync(manager));
                }
              }
              return Probe.raise(new IOException("body"));
            });

    assertThat(result).isNull();
    assertThat(journal.events())
        .endsWith("exit above failed body", "exited above", "exit below succeeded", "exited below");
  }

  @Test
  void suppressing_cancelledByTheCaller_doesNotUndoThat(Journal journal) {
    var manager = new Probe(journal, Carrier.STAGE_COMPLETE, "a").suppressing(Throwable.class);
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result =
        manager.useAsync((_, cancellation) -> cancellation.cancelling(body));

    result.cancel(true);

    assertThat(result).isCancelled();
    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a cancelled CancellationException", "exited a");
  }

  @Test
  void suppressing_null_isRefused(Journal journal) {
    assertThatNullPointerException()
        .isThrownBy(() -> new Probe(journal, Carrier.SAME_THREAD, "a").suppressing(null))
        .withMessage("type");
  }

  @OnEveryCarrier
  void suppressing_valueThrows_endsBehindTheExit(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    AsyncContextManager<String> manager =
        () -> carrier.step(() -> new NoValue(journal, new IllegalStateException("no value")));

    for (var suppressing :
        List.of(
            manager.suppressing(IllegalStateException.class),
            manager.suppressing(IllegalStateException.class).suppressing(IOException.class),
            manager.named("a").exitTimeout(Duration.ofHours(1)).suppressing(RuntimeException.class),
            manager.suppressing(IllegalStateException.class).map(value -> value))) {
      assertThat(carrier.<String, String>use(time, suppressing, _ -> "value")).isNull();
    }

    assertThat(journal.events()).isEqualTo(Collections.nCopies(4, "exit failed no value"));
  }

  @OnEveryCarrier
  void suppressing_valueOfASynchronousContextThrows_endsBehindTheExit(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    ContextManager<String> manager =
        () -> new NoValueHere(journal, new IllegalStateException("no value"));

    for (var suppressing :
        List.of(
            manager.async().suppressing(IllegalStateException.class),
            manager.async(time.executor(Runnable::run)).suppressing(RuntimeException.class))) {
      assertThat(carrier.<String, String>use(time, suppressing, _ -> "value")).isNull();
    }

    assertThat(journal.events()).isEqualTo(Collections.nCopies(2, "exit failed no value"));
  }

  private record NoValue(Journal journal, RuntimeException error) implements AsyncContext<String> {
    @Override
    public String value() {
      throw error;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      journal.add("exit " + Probe.describe(how));
      return Verdict.PROPAGATE.now();
    }
  }

  private record NoValueHere(Journal journal, RuntimeException error) implements Context<String> {
    @Override
    public String value() {
      throw error;
    }

    @Override
    public Verdict exit(ExitCase how) {
      journal.add("exit " + Probe.describe(how));
      return Verdict.PROPAGATE;
    }
  }
}
