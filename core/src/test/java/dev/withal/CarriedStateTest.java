package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the caller's thread carries follows a use to each of its steps, and goes no further. */
class CarriedStateTest extends CarriedSteps {
  @Test
  void use_stepsRunOnOtherThreads_eachCarriesTheCallersState() throws Exception {
    CompletableFuture<String> use = later().useAsync(this::body);
    KEY.set("another");
    completeElsewhere(entered, "value");
    completeElsewhere(worked, "result");
    completeElsewhere(exited, Verdict.PROPAGATE);

    assertThat(use.join()).isEqualTo("result");
    assertThat(events).containsExactly("enter of caller", "body of caller", "exit of caller");
    assertThat(other.submit(KEY::get).get()).as("what the other thread carries").isNull();
    assertThat(KEY.get()).isEqualTo("another");
  }

  @Test
  void use_bodyHearsOfItsCancellation_carriesTheCallersState() throws Exception {
    CompletableFuture<String> use = later().useAsync((value, _) -> body(value));
    completeElsewhere(entered, "value");
    completeElsewhere(worked, "result");
    completeElsewhere(exited, Verdict.PROPAGATE);

    assertThat(use.join()).isEqualTo("result");
    assertThat(events).containsExactly("enter of caller", "body of caller", "exit of caller");
  }

  @Test
  void use_isCancelledElsewhere_exitCarriesTheCallersState() throws Exception {
    exited.complete(Verdict.PROPAGATE);
    CompletableFuture<String> use = later().grace(Duration.ZERO).useAsync(this::body);
    completeElsewhere(entered, "value");
    KEY.remove();
    other.submit(() -> use.cancel(true)).get();
    assertThat(catchThrowable(use::join)).isInstanceOf(CancellationException.class);

    assertThat(events).containsExactly("enter of caller", "body of caller", "exit of caller");
  }

  @Test
  void use_enterArrivesForNobody_exitCarriesTheCallersState() throws Exception {
    exited.complete(Verdict.PROPAGATE);
    CompletableFuture<String> use = later().grace(Duration.ZERO).useAsync(this::body);
    use.cancel(true);
    assertThat(catchThrowable(use::join)).isInstanceOf(CancellationException.class);
    completeElsewhere(entered, "value");

    assertThat(events).containsExactly("enter of caller", "exit of caller");
  }

  @Test
  void generator_onAThreadOfItsOwn_carriesTheCallersState() throws Exception {
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yield -> {
          note("enter");
          yield.value("value");
          note("exit");
        });
    CompletableFuture<String> use = generator.useAsync(this::body);
    completeElsewhere(worked, "result");

    assertThat(Async.<String, Exception>await(use)).isEqualTo("result");
    assertThat(events).containsExactly("enter of caller", "body of caller", "exit of caller");
  }

  @Test
  void synchronousManager_onAnExecutor_carriesTheCallersState() throws Exception {
    ContextManager<String> manager =
        ContextManager.of(
            () -> {
              note("enter");
              return "value";
            },
            (_, _) -> {
              note("exit");
              return Verdict.PROPAGATE;
            });
    CompletableFuture<String> use = manager.async(other).useAsync(this::body);
    worked.complete("result");

    assertThat(Async.<String, Exception>await(use)).isEqualTo("result");
    assertThat(events).containsExactly("enter of caller", "body of caller", "exit of caller");
  }

  @Test
  void flatMap_stepsRunOnOtherThreads_eachCarriesTheCallersState() throws Exception {
    AsyncContextManager<String> inner =
        AsyncContextManager.closingValue(
            () -> {
              note("inner enter");
              return "inner";
            },
            _ -> {
              note("inner exit");
              return CompletableFuture.completedFuture(null);
            });
    CompletableFuture<String> use = later().flatMap(_ -> inner).useAsync(this::body);
    completeElsewhere(entered, "value");
    completeElsewhere(worked, "result");
    completeElsewhere(exited, Verdict.PROPAGATE);

    assertThat(use.join()).isEqualTo("result");
    assertThat(events)
        .containsExactly(
            "enter of caller",
            "inner enter of caller",
            "body of caller",
            "inner exit of caller",
            "exit of caller");
  }

  @Test
  void group_entersTheRestElsewhere_eachCarriesTheCallersState() throws Exception {
    AsyncContextManager<String> second =
        AsyncContextManager.closingValue(
            () -> {
              note("second enter");
              return "second";
            },
            _ -> CompletableFuture.completedFuture(null));
    exited.complete(Verdict.PROPAGATE);
    CompletableFuture<String> use =
        AsyncContextManager.all(1, List.of(later(), second)).useAsync(_ -> body(""));
    completeElsewhere(entered, "value");
    completeElsewhere(worked, "result");

    assertThat(use.join()).isEqualTo("result");
    assertThat(events)
        .containsExactly(
            "enter of caller", "second enter of caller", "body of caller", "exit of caller");
  }

  @Test
  void stack_isClosedElsewhere_eachExitCarriesWhatItsEnterDid() throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    exited.complete(Verdict.PROPAGATE);
    entered.complete("value");
    stack.enterAsync(later()).join();
    KEY.set("later caller");
    stack.deferAsync(() -> {
      note("deferred");
      return CompletableFuture.completedFuture(null);
    });
    stack.defer(() -> note("plain"));
    KEY.remove();
    other
        .submit(() -> {
          KEY.set("closer");
          stack.close();
          KEY.remove();
        })
        .get();

    assertThat(events)
        .containsExactly(
            "enter of caller", "plain of closer", "deferred of later caller", "exit of caller");
  }

  /** A manager that carries has the settings of the one that it carries for. */
  @Test
  void stack_closesWhileAManagerWithoutGraceEnters_isClosedAtOnce(VirtualTime time)
      throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    var value = stack.enterAsync(later().grace(Duration.ZERO));
    CompletableFuture<Void> closed = stack.closeAsync();

    assertThat(catchThrowable(value::join)).hasRootCauseInstanceOf(IllegalStateException.class);
    time.await(closed);
    assertThat(time.elapsed()).as("the usual grace period is a second").isZero();
    exited.complete(Verdict.PROPAGATE);
    entered.complete("value");
    assertThat(events).containsExactly("enter of caller", "exit of caller");
  }
}
