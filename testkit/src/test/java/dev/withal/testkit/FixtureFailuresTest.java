package dev.withal.testkit;

import static dev.withal.testkit.FixtureRuns.LOG;
import static dev.withal.testkit.FixtureRuns.errors;
import static dev.withal.testkit.FixtureRuns.logged;
import static dev.withal.testkit.FixtureRuns.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import dev.withal.testkit.FixtureRuns.Server;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an enter or an exit of a fixture fails with. */
class FixtureFailuresTest {

  // ---- failures --------------------------------------------------------------------------------

  static AsyncContextManager<String> failsToExit(String name) {
    return AsyncContextManager.of(
        () -> CompletableFuture.completedFuture(name),
        (_, _) -> CompletableFuture.failedFuture(new IllegalStateException("exit of " + name)));
  }

  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class ExitFailsSample {
    @RegisterExtension final Fixture<String> it = Fixture.of(String.class, () -> failsToExit("it"));

    @Test
    void a_succeeds(String it) {}

    @Test
    void b_fails(String it) {
      fail("no");
    }
  }

  @Test
  void exit_fails_failsTheTestOrIsAddedToItsError() {
    List<Throwable> errors = errors(run(ExitFailsSample.class));

    assertThat(errors).extracting(Throwable::getMessage).containsExactly("exit of it", "no");
    assertThat(errors.get(1).getSuppressed())
        .singleElement()
        .satisfies(added -> assertThat(added).hasMessage("exit of it"));
  }

  static class ClassExitFailsSample {
    @RegisterExtension
    static final Fixture<String> IT = Fixture.of(String.class, () -> failsToExit("it"));

    @Test
    void fails(String it) {
      fail("no");
    }
  }

  @Test
  void exitOfAClass_fails_failsTheClassWithThatAlone() {
    assertThat(errors(run(ClassExitFailsSample.class)))
        .extracting(Throwable::getMessage)
        .containsExactly("no", "exit of it");
  }

  static class EnterFailsSample {
    @RegisterExtension
    final Fixture<Server> server = Fixture.of(Server.class, () -> logged(new Server("s")));

    @RegisterExtension
    final Fixture<String> it =
        Fixture.of(
            String.class,
            () -> {
              server.value();
              throw new IllegalArgumentException("no database");
            });

    @Test
    void test(String it) {
      LOG.add("test");
    }
  }

  @Test
  void enter_fails_failsTheTestAndExitsTheOthers() {
    assertThat(errors(run(EnterFailsSample.class)))
        .extracting(Throwable::getMessage)
        .containsExactly("no database");

    assertThat(LOG)
        .containsExactly("enter Server[name=s]", "exit Server[name=s] failed no database");
  }

  static class SuppressingSample {
    @RegisterExtension
    final Fixture<String> it =
        Fixture.of(
            String.class,
            () ->
                AsyncContextManager.of(
                    () -> CompletableFuture.completedFuture("it"),
                    (_, _) -> Verdict.SUPPRESS.now()));

    @Test
    void fails(String it) {
      fail("no");
    }
  }

  @Test
  void exit_suppresses_testHasFailedAllTheSame() {
    assertThat(errors(run(SuppressingSample.class)))
        .extracting(Throwable::getMessage)
        .containsExactly("no");
  }
}
