package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Verdicts, errors, nulls and names of what a stack exits by plain code. */
class ExitStackPlainErrorsTest extends PlainExits {
  // ---- verdicts and errors ---------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void push_suppresses_earlierEntriesAreToldASuccess(Style style, VirtualTime time)
      throws Exception {
    style.use(
        time,
        stack -> {
          stack.push(how -> {
            journal.add("first " + Probe.describe(how));
            return Verdict.PROPAGATE;
          });
          stack.push(how -> {
            journal.add("second " + Probe.describe(how));
            return Verdict.SUPPRESS;
          });
          stack.defer(() -> journal.add("third"));
          throw bodyError;
        });

    assertThat(journal.events()).containsExactly("third", "second failed body", "first succeeded");
  }

  @ParameterizedTest
  @EnumSource
  void push_replaces_earlierEntriesAreToldTheNewError(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            style.use(
                time,
                stack -> {
                  stack.push(how -> {
                    journal.add(Probe.describe(how));
                    return Verdict.PROPAGATE;
                  });
                  stack.push(_ -> Verdict.replaceWith(exitError));
                  throw bodyError;
                }));

    assertThat(thrown).isSameAs(exitError);
    assertThat(journal.events()).containsExactly("failed exit");
  }

  @ParameterizedTest
  @EnumSource
  void push_answersNull_isRefusedAndTheOthersRun(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            style.use(
                time,
                stack -> {
                  stack.defer(() -> journal.add("first"));
                  stack.push(_ -> null);
                }));

    assertThat(thrown)
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("null instead of a verdict");
    assertThat(journal.events()).containsExactly("first");
  }

  @ParameterizedTest
  @EnumSource
  void releases_fail_areAddedInTheirOrderAndTheOthersRun(Style style, VirtualTime time) {
    var adoptError = new AssertionError("adopt");
    var deferError = new InterruptedException("defer");
    Throwable thrown =
        catchThrowable(() ->
            style.use(
                time,
                stack -> {
                  stack.defer(() -> journal.add("first"));
                  stack.push(_ -> {
                    throw exitError;
                  });
                  stack.adopt(
                      "value",
                      _ -> {
                        throw adoptError;
                      });
                  stack.defer(() -> {
                    throw deferError;
                  });
                  throw bodyError;
                }));

    assertThat(thrown).isSameAs(bodyError);
    assertThat(bodyError.getSuppressed()).containsExactly(deferError, adoptError, exitError);
    assertThat(journal.events()).containsExactly("first");
  }

  @ParameterizedTest
  @EnumSource
  void release_failsAfterASuccess_isTheResult(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            style.use(
                time,
                stack ->
                    stack.adopt(
                        new Connection(),
                        connection -> {
                          connection.close();
                          throw exitError;
                        })));

    assertThat(thrown).isSameAs(exitError).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("close");
  }

  // ---- values and nulls ------------------------------------------------------------------------

  @Test
  void adopt_returnsWhatItIsGiven() {
    try (AsyncExitStack stack = AsyncExitStack.open()) {
      var connection = new Connection();

      assertThat(stack.adopt(connection)).isSameAs(connection);
      assertThat(stack.adopt(connection, Connection::close)).isSameAs(connection);
      stack.succeeded();
    }

    assertThat(journal.events()).containsExactly("close", "close");
  }

  @ParameterizedTest
  @EnumSource
  void adopt_ofNull_owesNothing(Style style, VirtualTime time) throws Exception {
    style.use(time, stack -> assertThat(stack.<AutoCloseable>adopt(null)).isNull());

    assertThat(threads).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void adopt_ofNullWithARelease_callsIt(Style style, VirtualTime time) throws Exception {
    style.use(time, stack -> stack.<String>adopt(null, value -> note("release " + value)));

    assertThat(journal.events()).containsExactly("release null");
  }

  @ParameterizedTest
  @EnumSource
  void adopt_ofNullWithAReleaseThatTakesNone_owesNothing(Style style, VirtualTime time)
      throws Exception {
    style.use(time, stack -> stack.<String>adopt(null, value -> note(value.strip())));

    assertThat(journal.events()).isEmpty();
  }

  @Test
  void functions_areNull_areRefused() {
    try (AsyncExitStack stack = AsyncExitStack.open()) {
      stack.succeeded();
      assertThatThrownBy(() -> stack.push(null))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("exit");
      assertThatThrownBy(() -> stack.defer(null))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("action");
      assertThatThrownBy(() -> stack.adopt("value", null))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("release");
    }
  }

  // ---- a stack that is closed, and names -------------------------------------------------------

  @Test
  void stack_isClosed_refusesAndReleasesAllTheSame(VirtualTime time) {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.succeeded();
    stack.close();

    assertRefused(() -> stack.adopt(new Connection()));
    time.settle();
    assertRefused(() -> stack.adopt("text", value -> note("adopt " + value)));
    time.settle();
    assertRefused(() -> stack.defer(() -> note("defer")));
    time.settle();
    assertRefused(() ->
        stack.push(how -> {
          note("push " + Probe.describe(how));
          return Verdict.PROPAGATE;
        }));
    time.settle();

    assertThat(journal.events())
        .containsExactly("close", "adopt text", "defer", "push cancelled IllegalStateException");
    assertThat(threads).allMatch(Thread::isVirtual).doesNotContain(Thread.currentThread());
    assertThat(reports).isEmpty();
  }

  private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("this exit stack is closed: a stack is used once, so open a new one");
  }

  @Test
  void release_failsOnAStackThatIsClosed_isReportedByItsPlace(VirtualTime time) {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.succeeded();
    stack.close();

    int line = new Throwable().getStackTrace()[0].getLineNumber() + 1;
    assertRefused(() -> stack.defer(this::fail));
    assertRefused(() -> stack.push(_ -> Verdict.replaceWith(new IOException(fail()))));
    assertRefused(() -> stack.adopt("secret", _ -> fail()));
    assertRefused(() -> stack.adopt(new Failing()));
    time.settle();

    assertThat(reports)
        .allSatisfy(report -> assertThat(report.kind()).isEqualTo(Report.Kind.LATE_FAILURE))
        .extracting(Report::context)
        .containsExactlyInAnyOrder(
            "exit at ExitStackPlainErrorsTest.java:" + line,
            "exit at ExitStackPlainErrorsTest.java:" + (line + 1),
            "exit at ExitStackPlainErrorsTest.java:" + (line + 2),
            "exit of " + Failing.class.getName());
  }

  private String fail() throws IOException {
    throw exitError;
  }

  private static final class Failing implements AutoCloseable {
    @Override
    public void close() throws IOException {
      throw new IOException("close");
    }

    @Override
    public String toString() {
      return "secret";
    }
  }

  @Test
  @Tag("slow")
  void aHundredThousand_inDirectStyle_areExitedInBoundedStack() {
    var count = new java.util.concurrent.atomic.AtomicInteger();
    try (AsyncExitStack stack = AsyncExitStack.open()) {
      for (int i = 0; i < 100_000; i++) {
        stack.defer(count::incrementAndGet);
      }
      stack.succeeded();
    }

    assertThat(count).hasValue(100_000);
  }
}
