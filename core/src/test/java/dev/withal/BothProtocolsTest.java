package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The laws hold for a synchronous manager, in whichever way it is used. */
@ExtendWith(LeakCheck.class)
class BothProtocolsTest {

  /** In which way a synchronous manager is used. */
  enum Way {
    AS_IT_IS,
    DIRECT_STYLE,
    NAMED_IN_DIRECT_STYLE,
    STAGE_STYLE,
    EXECUTOR_IN_DIRECT_STYLE,
    EXECUTOR_IN_STAGE_STYLE,
    STACK_IN_DIRECT_STYLE,
    STACK_IN_STAGE_STYLE,
    THERE_AND_BACK;

    <T> T use(VirtualTime time, ContextManager<T> manager, Body<T, T, Exception> body)
        throws Exception {
      Executor executor = time.executor(task -> Thread.ofVirtual().start(task));
      return switch (this) {
        case AS_IT_IS -> manager.<T, Exception>use(body);
        case DIRECT_STYLE -> manager.async().<T, Exception>use(body);
        case NAMED_IN_DIRECT_STYLE -> manager.async().named("named").<T, Exception>use(body);
        case STAGE_STYLE -> time.await(manager.async().<T>useAsync(value -> now(body, value)));
        case EXECUTOR_IN_DIRECT_STYLE -> manager.async(executor).<T, Exception>use(body);
        case EXECUTOR_IN_STAGE_STYLE ->
            time.await(manager.async(executor).<T>useAsync(value -> now(body, value)));
        case STACK_IN_DIRECT_STYLE ->
            AsyncExitStack.manager()
                .<T, Exception>use(stack -> body.apply(stack.enter(manager.async())));
        case STACK_IN_STAGE_STYLE ->
            time.await(
                AsyncExitStack.manager()
                    .<T>useAsync(stack ->
                        stack.enterAsync(manager.async()).thenCompose(value -> now(body, value))));
        case THERE_AND_BACK -> manager.async().blocking().<T, Exception>use(body);
      };
    }

    private static <T> CompletableFuture<T> now(Body<T, T, Exception> body, T value) {
      try {
        return CompletableFuture.completedFuture(body.apply(value));
      } catch (Throwable error) {
        return CompletableFuture.failedFuture(error);
      }
    }
  }

  private final Journal journal = new Journal();

  @ParameterizedTest
  @EnumSource
  void use_bodyReturns_exitsAfterIt(Way way, VirtualTime time) throws Exception {
    String result =
        way.use(
            time,
            new Recorder("a"),
            value -> {
              journal.add("body " + value);
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(journal.events()).containsExactly("enter a", "body a", "exit a succeeded");
  }

  @ParameterizedTest
  @EnumSource
  void use_bodyFails_exitsToldSo(Way way, VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() -> way.use(time, new Recorder("a"), _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter a", "exit a failed body");
  }

  @ParameterizedTest
  @EnumSource
  void use_bodyEndsWithAnError_exitsToldSo(Way way, VirtualTime time) {
    var error = new AssertionError("assertion");

    Throwable thrown =
        catchThrowable(() -> way.use(time, new Recorder("a"), _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter a", "exit a failed assertion");
  }

  @ParameterizedTest
  @EnumSource
  void use_enterFails_runsNeitherBodyNorExit(Way way, VirtualTime time) {
    var error = new IOException("enter");
    ContextManager<String> failing =
        () -> {
          throw error;
        };

    Throwable thrown = catchThrowable(() -> way.use(time, failing, this::body));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void use_enterReturnsNull_saysSo(Way way, VirtualTime time) {
    ContextManager<String> returningNull = () -> null;

    Throwable thrown = catchThrowable(() -> way.use(time, returningNull, this::body));

    assertThat(thrown)
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage("enter returned null instead of a context");
    assertThat(journal.events()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void use_exitFails_isTheResult(Way way, VirtualTime time) {
    var error = new IOException("exit");
    var manager = new Recorder("a");
    manager.exitError = error;

    Throwable thrown = catchThrowable(() -> way.use(time, manager, this::body));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @ParameterizedTest
  @EnumSource
  void use_bodyAndExitFail_addsTheExitsError(Way way, VirtualTime time) {
    var bodyError = new IOException("body");
    var exitError = new IOException("exit");
    var manager = new Recorder("a");
    manager.exitError = exitError;

    Throwable thrown = catchThrowable(() -> way.use(time, manager, _ -> Probe.raise(bodyError)));

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(exitError);
  }

  @ParameterizedTest
  @EnumSource
  void use_exitSuppresses_leavesNoValue(Way way, VirtualTime time) throws Exception {
    var manager = new Recorder("a");
    manager.verdict = Verdict.SUPPRESS;

    String result = way.use(time, manager, _ -> Probe.raise(new IOException("body")));

    assertThat(result).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void use_exitReplaces_keepsTheOldErrorReachable(Way way, VirtualTime time) {
    var bodyError = new IOException("body");
    var replacement = new IllegalStateException("replacement");
    var manager = new Recorder("a");
    manager.verdict = Verdict.replaceWith(replacement);

    Throwable thrown = catchThrowable(() -> way.use(time, manager, _ -> Probe.raise(bodyError)));

    assertThat(thrown).isSameAs(replacement);
    assertThat(thrown.getSuppressed()).containsExactly(bodyError);
  }

  @ParameterizedTest
  @EnumSource
  void use_exitReturnsNull_saysWhatToReturn(Way way, VirtualTime time) {
    var manager = new Recorder("a");
    manager.verdict = null;

    Throwable thrown = catchThrowable(() -> way.use(time, manager, this::body));

    assertThat(thrown)
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "the exit completed with null instead of a verdict: complete it with"
                + " Verdict.PROPAGATE");
  }

  @ParameterizedTest
  @EnumSource
  void use_valueThrows_exitsToldSo(Way way, VirtualTime time) {
    var error = new IllegalStateException("no value");
    var manager = new Recorder("a");
    manager.valueError = error;

    Throwable thrown = catchThrowable(() -> way.use(time, manager, this::body));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter a", "exit a failed no value");
  }

  @ParameterizedTest
  @EnumSource
  void use_insideAnother_exitsInsideOut(Way way, VirtualTime time) throws Exception {
    var inner = new Recorder("inner");

    way.use(
        time, new Recorder("outer"), outer -> inner.<String, Exception>use(_ -> outer + " body"));

    assertThat(journal.events())
        .containsExactly(
            "enter outer", "enter inner", "exit inner succeeded", "exit outer succeeded");
  }

  private String body(String value) {
    journal.add("body " + value);
    return value;
  }

  /** A synchronous manager that writes down what happens, and ends as a test wants it to. */
  private final class Recorder implements ContextManager<String>, Context<String> {
    private final String name;
    private @Nullable Exception exitError;
    private @Nullable RuntimeException valueError;
    private @Nullable Verdict verdict = Verdict.PROPAGATE;

    Recorder(String name) {
      this.name = name;
    }

    @Override
    public Context<String> enter() {
      journal.add("enter " + name);
      return this;
    }

    @Override
    public String value() {
      if (valueError != null) {
        throw valueError;
      }
      return name;
    }

    @Override
    public Verdict exit(ExitCase how) throws Exception {
      journal.add("exit " + name + " " + Probe.describe(how));
      if (exitError != null) {
        throw exitError;
      }
      return verdict;
    }
  }
}
