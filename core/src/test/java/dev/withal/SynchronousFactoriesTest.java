package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.BothProtocolsTest.Way;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Synchronous managers that are made of functions, in whichever way they are used. */
@ExtendWith(LeakCheck.class)
class SynchronousFactoriesTest {
  private final Journal journal = new Journal();
  private final IOException bodyError = new IOException("body");
  private final IOException exitError = new IOException("exit");

  private ContextManager<String> noting(Verdict verdict) {
    return ContextManager.of(
        () -> {
          journal.add("enter");
          return "value";
        },
        (value, how) -> {
          journal.add("exit " + value + " " + Probe.describe(how));
          return verdict;
        });
  }

  // ---- of --------------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void of_bodyReturns_exitsWithTheValueAfterIt(Way way, VirtualTime time) throws Exception {
    String result =
        way.use(
            time,
            noting(Verdict.PROPAGATE),
            value -> {
              journal.add("body " + value);
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(journal.events()).containsExactly("enter", "body value", "exit value succeeded");
  }

  @ParameterizedTest
  @EnumSource
  void of_bodyFails_exitIsToldAndTheErrorGoesOn(Way way, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() -> way.use(time, noting(Verdict.PROPAGATE), _ -> Probe.raise(bodyError)));

    assertThat(thrown).isSameAs(bodyError).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter", "exit value failed body");
  }

  @ParameterizedTest
  @EnumSource
  void of_exitSuppresses_errorEndsThere(Way way, VirtualTime time) throws Exception {
    String result = way.use(time, noting(Verdict.SUPPRESS), _ -> Probe.raise(bodyError));

    assertThat(result).isNull();
    assertThat(journal.events()).containsExactly("enter", "exit value failed body");
  }

  @ParameterizedTest
  @EnumSource
  void of_exitFails_isAddedToTheBodysError(Way way, VirtualTime time) {
    ContextManager<String> manager =
        ContextManager.of(
            () -> "value",
            (_, _) -> {
              throw exitError;
            });

    Throwable thrown = catchThrowable(() -> way.use(time, manager, _ -> Probe.raise(bodyError)));

    assertThat(thrown).isSameAs(bodyError).hasSuppressedException(exitError);
  }

  @ParameterizedTest
  @EnumSource
  void of_enterFails_neitherBodyNorExitRuns(Way way, VirtualTime time) {
    ContextManager<String> manager =
        ContextManager.of(
            () -> Probe.raise(exitError),
            (_, _) -> {
              journal.add("exit");
              return Verdict.PROPAGATE;
            });

    Throwable thrown =
        catchThrowable(() ->
            way.use(
                time,
                manager,
                value -> {
                  journal.add("body");
                  return value;
                }));

    assertThat(thrown).isSameAs(exitError);
    assertThat(journal.events()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void of_enterReturnsNull_isAValue(Way way, VirtualTime time) throws Exception {
    ContextManager<String> manager =
        ContextManager.of(
            () -> null,
            (value, _) -> {
              journal.add("exit " + value);
              return Verdict.PROPAGATE;
            });

    assertThat(way.use(time, manager, value -> "got " + value)).isEqualTo("got null");
    assertThat(journal.events()).containsExactly("exit null");
  }

  @ParameterizedTest
  @EnumSource
  void of_exitAnswersNull_isRefused(Way way, VirtualTime time) {
    ContextManager<String> manager = ContextManager.of(() -> "value", (_, _) -> null);

    assertThatThrownBy(() -> way.use(time, manager, value -> value))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("null instead of a verdict");
  }

  @Test
  void of_inAGroup_exitsAll(VirtualTime time) throws Exception {
    var group =
        AsyncContextManager.all(
            List.of(noting(Verdict.PROPAGATE).async(), noting(Verdict.PROPAGATE).async()));

    group.run(values -> journal.add("body " + values));

    assertThat(journal.events())
        .containsExactly(
            "enter",
            "enter",
            "body [value, value]",
            "exit value succeeded",
            "exit value succeeded");
  }

  // ---- closing ---------------------------------------------------------------------------------

  private final class Connection {
    void hangUp() throws IOException {
      journal.add("hang up");
    }
  }

  @ParameterizedTest
  @EnumSource
  void closing_byAMethod_isCalledHoweverTheBodyEnded(Way way, VirtualTime time) throws Exception {
    ContextManager<Connection> manager =
        ContextManager.closing(Connection::new, Connection::hangUp);

    way.use(
        time,
        manager,
        connection -> {
          journal.add("body");
          return connection;
        });
    Throwable thrown =
        catchThrowable(() ->
            way.use(
                time,
                manager,
                _ -> {
                  throw bodyError;
                }));

    assertThat(journal.events()).containsExactly("body", "hang up", "hang up");
    assertThat(thrown).isSameAs(bodyError).hasNoSuppressedExceptions();
  }

  @ParameterizedTest
  @EnumSource
  void closing_ofNullByAMethod_runsTheBodyAndClosesNothing(Way way, VirtualTime time)
      throws Exception {
    ContextManager<Connection> manager = ContextManager.closing(() -> null, Connection::hangUp);

    way.use(
        time,
        manager,
        connection -> {
          journal.add("got nothing " + (connection == null));
          return connection;
        });

    assertThat(journal.events()).containsExactly("got nothing true");
  }

  @ParameterizedTest
  @EnumSource
  void closing_ofNullByWhatTakesIt_isCalled(Way way, VirtualTime time) throws Exception {
    ContextManager<String> manager =
        ContextManager.closing(() -> null, value -> journal.add("close " + value));

    way.use(time, manager, _ -> "result");

    assertThat(journal.events()).containsExactly("close null");
  }

  @ParameterizedTest
  @EnumSource
  void closing_closeThrowsNullPointerException_isAnError(Way way, VirtualTime time) {
    var error = new NullPointerException("in close");
    ContextManager<String> manager =
        ContextManager.closing(
            () -> "value",
            _ -> {
              throw error;
            });

    assertThat(catchThrowable(() -> way.use(time, manager, value -> value))).isSameAs(error);
  }

  // ---- names and nulls -------------------------------------------------------------------------

  @Test
  void names_sayWhereTheManagerWasMade() {
    int line = new Throwable().getStackTrace()[0].getLineNumber() + 1;
    var of = ContextManager.of(() -> "secret", (_, _) -> Verdict.PROPAGATE);
    var closing = ContextManager.closing(() -> "secret", value -> journal.add(value));
    var context = catchContext(of);

    assertThat(of).hasToString("manager at SynchronousFactoriesTest.java:" + line);
    assertThat(closing).hasToString("closing at SynchronousFactoriesTest.java:" + (line + 1));
    assertThat(of.async()).hasToString(of.toString());
    assertThat(context).hasToString(of.toString());
  }

  private static Context<?> catchContext(ContextManager<?> manager) {
    try {
      return manager.enter();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void functions_areNull_areRefused() {
    assertRefused("enter", () -> ContextManager.of(null, (_, _) -> Verdict.PROPAGATE));
    assertRefused("exit", () -> ContextManager.of(() -> "value", null));
    assertRefused("open", () -> ContextManager.closing(null));
    assertRefused("open", () -> ContextManager.closing(null, _ -> {}));
    assertRefused("close", () -> ContextManager.closing(() -> "value", null));
    assertRefused("lock", () -> ContextManager.lock(null));
    assertRefused("lock", () -> ContextManager.lock(null, Duration.ZERO));
    assertRefused("semaphore", () -> ContextManager.permit(null));
    assertRefused("semaphore", () -> ContextManager.permit(null, Duration.ZERO));
    assertRefused("open", () -> ContextManager.executor(null, Duration.ZERO));
  }

  @Test
  void patience_isNull_isRefused() {
    var lock = new java.util.concurrent.locks.ReentrantLock();
    var semaphore = new java.util.concurrent.Semaphore(1);

    assertRefused("patience", () -> ContextManager.lock(lock, null));
    assertRefused("patience", () -> ContextManager.permit(semaphore, null));
    assertRefused(
        "patience",
        () ->
            ContextManager.executor(java.util.concurrent.Executors::newSingleThreadExecutor, null));
  }

  private static void assertRefused(
      String what, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(what);
  }
}
