package dev.withal.testkit;

import static dev.withal.testkit.FixtureRuns.LOG;
import static dev.withal.testkit.FixtureRuns.errors;
import static dev.withal.testkit.FixtureRuns.logged;
import static dev.withal.testkit.FixtureRuns.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;

import dev.withal.testkit.FixtureRuns.Server;
import dev.withal.testkit.FixtureRuns.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** Fixtures are entered before tests, and exited after them, told how they ended. */
class FixtureTest {

  // ---- per class and per test ------------------------------------------------------------------

  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class BothSample {
    // The one that depends on the other comes first.
    @RegisterExtension
    final Fixture<Session> session =
        Fixture.of(Session.class, () -> logged(new Session(BothSample.SERVER.value())));

    @RegisterExtension
    static final Fixture<Server> SERVER = Fixture.of(Server.class, () -> logged(new Server("s")));

    @BeforeAll
    static void before(Server server) {
      LOG.add("before all " + server.equals(SERVER.value()));
    }

    @BeforeEach
    void beforeEach() {
      LOG.add("before " + session.value().server().name());
    }

    @Test
    void a_succeeds(Session session, Server server) {
      LOG.add("a " + (session.server() == server));
    }

    @Test
    void b_fails(Session session) {
      LOG.add("b");
      fail("no");
    }

    @AfterEach
    void afterEach() {
      LOG.add("after");
    }

    @AfterAll
    static void after() {
      LOG.add("after all " + SERVER.value().name());
    }
  }

  @Test
  void fixtures_ofClassAndTest_areToldHowTheTestsEnded() {
    EngineExecutionResults results = run(BothSample.class);

    assertThat(LOG)
        .containsExactly(
            "enter Server[name=s]",
            "before all true",
            "enter Session[server=Server[name=s]]",
            "before s",
            "a true",
            "after",
            "exit Session[server=Server[name=s]] succeeded",
            "enter Session[server=Server[name=s]]",
            "before s",
            "b",
            "after",
            "exit Session[server=Server[name=s]] failed no",
            "after all s",
            "exit Server[name=s] failed a test failed that used this fixture: no");
    assertThat(errors(results)).extracting(Throwable::getMessage).containsExactly("no");
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class OneInstanceSample {
    @RegisterExtension
    static final Fixture<Server> SERVER = Fixture.of(Server.class, () -> logged(new Server("s")));

    @RegisterExtension
    final Fixture<Session> session =
        Fixture.of(Session.class, () -> logged(new Session(SERVER.value())));

    @Test
    void a(Session session) {
      LOG.add("a");
    }

    @Test
    void b(Session session) {
      LOG.add("b");
    }
  }

  @Test
  void instanceField_inOneInstanceForAllTests_isEnteredForEachTest() {
    run(OneInstanceSample.class);

    assertThat(LOG)
        .containsExactly(
            "enter Server[name=s]",
            "enter Session[server=Server[name=s]]",
            "a",
            "exit Session[server=Server[name=s]] succeeded",
            "enter Session[server=Server[name=s]]",
            "b",
            "exit Session[server=Server[name=s]] succeeded",
            "exit Server[name=s] succeeded");
  }

  // ---- dependencies ----------------------------------------------------------------------------

  static class DependenciesSample {
    @RegisterExtension
    final Fixture<String> c =
        Fixture.of(String.class, () -> logged("c" + a().value() + b().value()));

    @RegisterExtension
    final Fixture<Integer> b = Fixture.of(Integer.class, () -> logged(a().value() + 1));

    @RegisterExtension
    final Fixture<Integer> a = Fixture.of(Integer.class, () -> logged(1)).named("a");

    private Fixture<Integer> a() {
      return a;
    }

    private Fixture<Integer> b() {
      return b;
    }

    @Test
    void test(String c, Integer b, @Fixture.Named("a") Integer a) {
      LOG.add(c + b + a);
    }
  }

  @Test
  void fixtures_thatDependOnEachOther_areEnteredInThatOrder() {
    assertThat(errors(run(DependenciesSample.class))).isEmpty();

    assertThat(LOG)
        .containsExactly(
            "enter 1",
            "enter 2",
            "enter c12",
            "c1221",
            "exit c12 succeeded",
            "exit 2 succeeded",
            "exit 1 succeeded");
  }

  // ---- misuse ----------------------------------------------------------------------------------

  @Test
  void value_outsideOfATest_isRefused() {
    assertThatThrownBy(FixtureSharingTest.OF_RUN::value)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the fixture of Server has no value here: register it by @RegisterExtension, and ask"
                + " for its value on the thread of a test");
  }

  @Test
  void supplier_returnsNull_isToldSo() {
    assertThat(errors(run(NullSample.class)))
        .extracting(Throwable::getMessage)
        .containsExactly("the supplier of a fixture returned null instead of a manager");
  }

  static class NullSample {
    @RegisterExtension final Fixture<String> it = Fixture.of(String.class, () -> null);

    @Test
    void test(String it) {}
  }
}
