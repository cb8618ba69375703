package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A stack in a try-with-resources statement, or closed without a word how the work ended. */
@ExtendWith(LeakCheck.class)
class ExitStackTryTest {
  private static final String NOT_SAID = "closed without a word that the work succeeded";

  private final Journal journal = new Journal();

  @Test
  void close_succeededWasSaid_tellsTheExitsSo() {
    AsyncExitStack stack = telling();

    stack.succeeded();
    stack.close();

    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @Test
  void close_nothingWasSaid_tellsTheExitsOfAFailure() {
    AsyncExitStack stack = telling();

    stack.close();

    assertThat(journal.events()).containsExactly("exit failed " + NOT_SAID);
  }

  @Test
  void closeAsync_nothingWasSaid_tellsTheExitsOfAFailure() {
    AsyncExitStack stack = telling();

    assertThat(stack.closeAsync()).isCompletedWithValue(null);

    assertThat(journal.events()).containsExactly("exit failed " + NOT_SAID);
  }

  @Test
  void tryWithResources_workSucceeds_isToldByTheLastStatement() {
    try (AsyncExitStack stack = telling()) {
      journal.add("work");
      stack.succeeded();
    }

    assertThat(journal.events()).containsExactly("work", "exit succeeded");
  }

  @Test
  void tryWithResources_workFails_isAFailureForTheExits() {
    var error = new IOException("work");

    Throwable thrown =
        catchThrowable(() -> {
          try (AsyncExitStack stack = telling()) {
            journal.add(Probe.raise(error));
            stack.succeeded();
          }
        });

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("exit failed " + NOT_SAID);
  }

  @Test
  void tryWithResources_workAndExitFail_addsTheExitsErrorToTheWorks() {
    var error = new IOException("work");
    var exitError = new IOException("exit");

    Throwable thrown =
        catchThrowable(() -> {
          try (AsyncExitStack stack = failing(exitError)) {
            journal.add(Probe.raise(error));
            stack.succeeded();
          }
        });

    assertThat(thrown).isSameAs(error);
    assertThat(thrown.getSuppressed()).containsExactly(exitError);
  }

  @Test
  void close_anExitWrapsTheErrorOfAnother_closesNoCycleAndTellsEachOnce() {
    var first = new IOException("first");
    var wrapping = new IOException("wrapping", first);
    var last = new IOException("last");
    AsyncExitStack stack = failing(last);
    stack.deferAsync(() -> CompletableFuture.failedFuture(wrapping));
    stack.deferAsync(() -> CompletableFuture.failedFuture(first));

    Throwable thrown = catchThrowable(stack::close);
    Throwable again = stack.closeAsync().exceptionNow();

    assertThat(thrown).isSameAs(first).isSameAs(again);
    assertThat(thrown.getSuppressed())
        .extracting(Throwable::toString)
        .containsExactly(wrapping.toString(), last.toString());
    assertThat(thrown.getSuppressed()[0]).hasNoCause();
  }

  @Test
  void close_exitsFailWithOneError_tellsItOnce() {
    var error = new IOException("exit");
    AsyncExitStack stack = failing(error);
    stack.deferAsync(() -> CompletableFuture.failedFuture(error));

    Throwable thrown = catchThrowable(stack::close);

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @Test
  void close_nothingWasSaidAndAnExitFails_throwsItsErrorAsItIs() {
    var exitError = new IOException("exit");

    Throwable thrown = catchThrowable(() -> failing(exitError).close());

    assertThat(thrown).isSameAs(exitError).hasNoSuppressedExceptions();
  }

  @Test
  void closeAsync_nothingWasSaidAndAnExitFails_failsWithItsErrorAsItIs() {
    var exitError = new IOException("exit");

    CompletableFuture<Void> closed = failing(exitError).closeAsync();

    assertThat(closed.exceptionNow()).isSameAs(exitError).hasNoSuppressedExceptions();
  }

  @Test
  void close_nothingWasSaidAndSeveralExitsFail_throwsTheFirstWithTheOthers() {
    var first = new IOException("first");
    var second = new IOException("second");
    AsyncExitStack stack = failing(second);
    stack.deferAsync(() -> CompletableFuture.failedFuture(first));

    Throwable thrown = catchThrowable(stack::close);

    assertThat(thrown).isSameAs(first);
    assertThat(thrown.getSuppressed()).containsExactly(second);
  }

  @Test
  void close_succeededAndAnExitFails_throwsItsErrorAsItIs() {
    var exitError = new IOException("exit");
    AsyncExitStack stack = failing(exitError);

    stack.succeeded();

    assertThat(catchThrowable(stack::close)).isSameAs(exitError).hasNoSuppressedExceptions();
  }

  @Test
  void close_exitReplaces_throwsTheReplacement() {
    var replacement = new IllegalStateException("replacement");
    AsyncExitStack stack = AsyncExitStack.open();
    stack.pushAsync(_ -> Verdict.replaceWith(replacement).now());

    assertThat(catchThrowable(stack::close)).isSameAs(replacement);
  }

  private AsyncExitStack telling() {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.pushAsync(how -> {
      journal.add("exit " + Probe.describe(how));
      return Verdict.PROPAGATE.now();
    });
    return stack;
  }

  private static AsyncExitStack failing(Throwable error) {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.deferAsync(() -> CompletableFuture.failedFuture(error));
    return stack;
  }
}
