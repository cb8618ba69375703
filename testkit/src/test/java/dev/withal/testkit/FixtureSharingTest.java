package dev.withal.testkit;

import static dev.withal.testkit.FixtureRuns.LOG;
import static dev.withal.testkit.FixtureRuns.errors;
import static dev.withal.testkit.FixtureRuns.logged;
import static dev.withal.testkit.FixtureRuns.run;
import static dev.withal.testkit.FixtureRuns.runInParallel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import dev.withal.testkit.FixtureRuns.Server;
import dev.withal.testkit.FixtureRuns.Session;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tests share what is entered for a fixture. */
class FixtureSharingTest {

  // ---- templates, nested classes, parallel tests -----------------------------------------------

  static class TemplatesSample {
    @RegisterExtension
    final Fixture<Server> server = Fixture.of(Server.class, () -> logged(new Server("s")));

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void parameterized(int number, Server server) {
      LOG.add("" + number);
    }

    @RepeatedTest(2)
    void repeated(Server server) {}
  }

  @Test
  void templates_haveAFixtureForEachInvocation() {
    assertThat(errors(run(TemplatesSample.class))).isEmpty();

    assertThat(LOG).filteredOn(line -> line.startsWith("enter")).hasSize(4);
    assertThat(LOG).filteredOn("exit Server[name=s] succeeded"::equals).hasSize(4);
  }

  static class OuterSample {
    @RegisterExtension
    static final Fixture<Server> SERVER = Fixture.of(Server.class, () -> logged(new Server("s")));

    @Test
    void outer(Server server) {
      LOG.add("outer " + server.name());
    }

    @Nested
    class Inner {
      @RegisterExtension
      final Fixture<Session> session =
          Fixture.of(Session.class, () -> logged(new Session(SERVER.value())));

      @Test
      void inner(Session session, Server server) {
        LOG.add("inner " + (session.server() == server));
        fail("no");
      }
    }
  }

  @Test
  void nestedClass_sharesWhatIsEnteredForTheOuterOne() {
    run(OuterSample.class);

    assertThat(LOG)
        .containsExactly(
            "enter Server[name=s]",
            "outer s",
            "enter Session[server=Server[name=s]]",
            "inner true",
            "exit Session[server=Server[name=s]] failed no",
            "exit Server[name=s] failed a test failed that used this fixture: no");
  }

  @Execution(ExecutionMode.CONCURRENT)
  static class ParallelSample {
    @RegisterExtension
    static final Fixture<Server> SERVER = Fixture.of(Server.class, () -> logged(new Server("s")));

    @RegisterExtension
    final Fixture<Session> session =
        Fixture.of(Session.class, () -> logged(new Session(new Server("own"))));

    @RepeatedTest(40)
    void test(Session session, Server server) {
      assertThat(this.session.value()).isSameAs(session);
      assertThat(SERVER.value()).isSameAs(server);
    }
  }

  @Test
  void parallelTests_haveValuesOfTheirOwn() {
    assertThat(errors(runInParallel(ParallelSample.class))).isEmpty();

    assertThat(LOG).filteredOn(line -> line.startsWith("enter Session")).hasSize(40);
    assertThat(LOG).filteredOn(line -> line.startsWith("enter Server")).hasSize(1);
    assertThat(LOG).last().isEqualTo("exit Server[name=s] succeeded");
  }

  // ---- per run ---------------------------------------------------------------------------------

  static final Fixture<Server> OF_RUN =
      Fixture.of(Server.class, () -> logged(new Server("run"))).perRun();

  static class FirstOfRunSample {
    @RegisterExtension static final Fixture<Server> SERVER = OF_RUN;

    @Test
    void test(Server server) {
      LOG.add("first");
    }
  }

  static class SecondOfRunSample {
    @RegisterExtension static final Fixture<Server> SERVER = OF_RUN;

    @Test
    void test(Server server) {
      LOG.add("second");
      fail("no");
    }
  }

  @Test
  void fixtureOfTheRun_isEnteredOnceAndExitedAtTheEnd() {
    run(FirstOfRunSample.class, SecondOfRunSample.class);

    assertThat(LOG)
        .containsExactly(
            "enter Server[name=run]",
            "first",
            "second",
            "exit Server[name=run] failed a test failed that used this fixture: no");
  }
}
