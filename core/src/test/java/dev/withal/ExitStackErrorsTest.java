package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of the errors of a body and of several exits on one stack. */
@ExtendWith(LeakCheck.class)
class ExitStackErrorsTest {
  private final Journal journal = new Journal();

  @OnEveryCarrier
  void errors_ofExitsAroundASuppressingOne_areTwoGroups(Carrier carrier, VirtualTime time) {
    var seen = new AtomicReference<Throwable>();

    Throwable thrown =
        use(
            carrier,
            time,
            new IOException("body"),
            stack -> {
              failing(carrier, stack, "first");
              failing(carrier, stack, "second");
              failing(carrier, stack, "third");
              stack.pushAsync(how -> {
                seen.set(how.error());
                return carrier.step(() -> Verdict.SUPPRESS);
              });
              failing(carrier, stack, "innermost");
            });

    assertThat(tree(thrown)).isEqualTo("third[second, first]");
    assertThat(tree(seen.get())).isEqualTo("body[innermost]");
  }

  @OnEveryCarrier
  void errors_ofAStack_areThoseOfNestedUses(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> nested =
        failing(carrier, "first")
            .flatMap(_ -> failing(carrier, "second"))
            .flatMap(_ -> new Probe(journal, carrier, "a").answering(Verdict.SUPPRESS))
            .flatMap(_ -> failing(carrier, "innermost"));

    Throwable ofUses =
        catchThrowable(() -> carrier.use(time, nested, _ -> Probe.raise(new IOException("body"))));
    Throwable ofAStack =
        use(
            carrier,
            time,
            new IOException("body"),
            stack -> {
              failing(carrier, stack, "first");
              failing(carrier, stack, "second");
              stack.pushAsync(_ -> carrier.step(() -> Verdict.SUPPRESS));
              failing(carrier, stack, "innermost");
            });

    assertThat(tree(ofAStack)).isEqualTo(tree(ofUses)).isEqualTo("second[first]");
  }

  @OnEveryCarrier
  void error_ofAnExit_isNotEndedByALaterOneThatSucceeds(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        use(
            carrier,
            time,
            null,
            stack -> {
              stack.deferAsync(() -> carrier.step(() -> "fine"));
              failing(carrier, stack, "exit");
            });

    assertThat(tree(thrown)).isEqualTo("exit");
  }

  @OnEveryCarrier
  void error_afterASuppressedOne_isTheResult(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        use(
            carrier,
            time,
            null,
            stack -> {
              failing(carrier, stack, "later");
              stack.pushAsync(_ -> carrier.step(() -> Verdict.SUPPRESS));
              failing(carrier, stack, "earlier");
            });

    assertThat(tree(thrown)).isEqualTo("later");
  }

  @OnEveryCarrier
  void errors_ofExits_endAtASuppressingOneBelow(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        use(
            carrier,
            time,
            null,
            stack -> {
              stack.pushAsync(_ -> carrier.step(() -> Verdict.SUPPRESS));
              failing(carrier, stack, "second");
              failing(carrier, stack, "first");
            });

    assertThat(thrown).isNull();
  }

  @OnEveryCarrier
  void errors_ofGeneratorsThatThrowAnother_formOneChain(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        use(
            carrier,
            time,
            new IOException("1"),
            stack -> {
              enter(carrier, time, stack, throwing("4"));
              enter(carrier, time, stack, throwing("3"));
              enter(carrier, time, stack, throwing("2"));
            });

    assertThat(tree(thrown)).isEqualTo("4[3[2[1]]]");
  }

  @OnEveryCarrier
  void error_wrappedByAGeneratorBelow_isItsCause(Carrier carrier, VirtualTime time) {
    var error = new IllegalStateException("body");
    AsyncContextManager<String> wrapping =
        AsyncContextManager.generator(yield -> {
          try {
            yield.value("outer");
          } catch (IllegalStateException e) {
            throw new IOException("wrapped", e);
          }
        });
    AsyncContextManager<String> rethrowing =
        AsyncContextManager.generator(yield -> {
          try {
            yield.value("inner");
          } catch (IllegalStateException e) {
            journal.add("rethrown");
            throw e;
          }
        });

    Throwable thrown =
        use(
            carrier,
            time,
            error,
            stack -> {
              enter(carrier, time, stack, wrapping);
              enter(carrier, time, stack, rethrowing);
            });

    assertThat(thrown).hasMessage("wrapped").hasCause(error).hasNoSuppressedExceptions();
    assertThat(error).hasNoCause().hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("rethrown");
  }

  @OnEveryCarrier
  void error_withCauseAndSuppressedOnes_keepsThem(Carrier carrier, VirtualTime time) {
    var exitError = new IOException("exit", new IOException("cause"));
    exitError.addSuppressed(new IOException("own"));

    Throwable thrown =
        use(
            carrier,
            time,
            new IOException("body"),
            stack -> stack.deferAsync(() -> carrier.step(() -> Probe.raise(exitError))));

    assertThat(tree(thrown)).isEqualTo("body[exit[own]]");
    assertThat(thrown.getSuppressed()[0]).isSameAs(exitError).hasRootCauseMessage("cause");
  }

  @OnEveryCarrier
  void error_replacedInTheMiddle_isWhatTheExitsBelowSee(Carrier carrier, VirtualTime time) {
    var replacement = new IllegalStateException("replacement");

    Throwable thrown =
        use(
            carrier,
            time,
            new IOException("body"),
            stack -> {
              stack.pushAsync(how -> {
                journal.add("below " + Probe.describe(how));
                return carrier.step(() -> Verdict.PROPAGATE);
              });
              stack.pushAsync(_ -> carrier.step(() -> Verdict.replaceWith(replacement)));
            });

    assertThat(tree(thrown)).isEqualTo("replacement[body]");
    assertThat(journal.events()).containsExactly("below failed replacement");
  }

  @OnEveryCarrier
  void error_failedWithAgainByAnExit_isNotAddedToItself(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        use(
            carrier,
            time,
            error,
            stack ->
                stack.pushAsync(how ->
                    carrier.step(() -> {
                      throw (IOException) how.error();
                    })));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
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

  private static void failing(Carrier carrier, AsyncExitStack stack, String message) {
    stack.deferAsync(() -> carrier.step(() -> Probe.raise(new IOException(message))));
  }

  private static AsyncContextManager<String> failing(Carrier carrier, String message) {
    return AsyncContextManager.closing(
        () -> carrier.step(() -> message),
        _ -> carrier.step(() -> Probe.raise(new IOException(message))));
  }

  private static AsyncContextManager<String> throwing(String message) {
    return AsyncContextManager.generator(yield -> {
      try {
        yield.value(message);
      } catch (IOException e) {
        throw (IOException) replacing(e, message);
      }
    });
  }

  private static Exception replacing(Exception old, String message) {
    assertThat(old).isNotNull();
    return new IOException(message);
  }

  private static void enter(
      Carrier carrier, VirtualTime time, AsyncExitStack stack, AsyncContextManager<String> manager)
      throws Exception {
    if (carrier.isDirect()) {
      stack.enter(manager);
    } else {
      time.await(stack.enterAsync(manager));
    }
  }

  /** {@return the message of an error, and in brackets what was added to it} */
  private static String tree(Throwable error) {
    String added =
        Arrays.stream(error.getSuppressed())
            .map(ExitStackErrorsTest::tree)
            .collect(Collectors.joining(", "));
    return added.isEmpty() ? error.getMessage() : error.getMessage() + "[" + added + "]";
  }
}
