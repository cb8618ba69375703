package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Tests that leave something behind fail, and say what it is. */
class LeakCheckTest {

  @Test
  void test_thatCleansUp_succeeds() {
    assertThat(failuresOf("cleansUp")).isEmpty();
  }

  @Test
  void test_thatLeavesAContextEntered_fails() {
    assertThat(failuresOf("leavesAContextEntered"))
        .singleElement()
        .asString()
        .matches("session was entered once, at LeakCheckTest\\.java:\\d+, and exited 0 times");
  }

  @Test
  void test_thatLeavesWhatArrivedLater_failsWithTheLineOfTheEnter() {
    assertThat(failuresOf("leavesWhatArrivedLater"))
        .singleElement()
        .asString()
        .matches(
            "session was entered once, at LeakCheckTest\\.java:\\d+, and exited 0 times"
                + "; session was entered once, at LeakCheckTest\\.java:\\d+, and exited 0 times");
  }

  @Test
  void test_thatLeavesATimer_fails() {
    assertThat(failuresOf("leavesATimer"))
        .containsExactly("the test left behind 0 waiting threads and 1 timers");
  }

  @Test
  void test_thatLeavesAThread_fails() {
    assertThat(failuresOf("leavesAThread"))
        .containsExactly("the test left behind 1 waiting threads and 0 timers");
  }

  @Test
  void test_thatFailsAndLeaks_failsByItsOwnErrorAlone() {
    assertThat(failuresOf("failsAndLeaks")).containsExactly("its own");
  }

  @Test
  void nextTest_afterALeak_isNotBlamed() {
    assertThat(failuresOf("leavesAContextEntered")).hasSize(1);
    assertThat(failuresOf("cleansUp")).isEmpty();
  }

  @Test
  void test_whoseThreadNeitherEndsNorWaits_failsWithTheThreadAndIsFollowedByOthers() {
    assertThat(failuresOf(Hanging.class, "leavesABusyThread"))
        .containsExactly("the test left behind a thread that neither ends nor waits: virtual-time");
    Hanging.END.countDown();
    assertThat(failuresOf("cleansUp")).isEmpty();
  }

  @Test
  void parameters_ofATestAndOfItsSetUp_areTheSame() {
    assertThat(failuresOf(SetUp.class, "sharesThem", Journal.class)).isEmpty();
  }

  @Test
  void parameter_ofAConstructorOrOfAllTests_isRefusedAndTheNextTestRuns() {
    assertThat(FixtureRuns.errors(FixtureRuns.run(Constructed.class, BeforeAllTests.class)))
        .hasSize(2)
        .allSatisfy(error ->
            assertThat(error)
                .hasMessageContaining("make them a parameter of the test, or of @BeforeEach"));
    assertThat(failuresOf("cleansUp")).isEmpty();
  }

  private static List<String> failuresOf(String method) {
    return failuresOf(Sample.class, method);
  }

  private static List<String> failuresOf(Class<?> tests, String method, Class<?>... more) {
    var parameters = new ArrayList<Class<?>>(List.of(VirtualTime.class));
    parameters.addAll(List.of(more));
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectMethod(tests, method, parameters.toArray(Class<?>[]::new)))
        .execute()
        .testEvents()
        .failed()
        .map(LeakCheckTest::message)
        .toList();
  }

  private static String message(Event failed) {
    return failed
        .getRequiredPayload(TestExecutionResult.class)
        .getThrowable()
        .orElseThrow()
        .getMessage();
  }

  /** Run by the tests above only. */
  @ExtendWith(LeakCheck.class)
  static class Sample {
    private static final AsyncContextManager<String> SESSION =
        ((AsyncContextManager<String>) () -> CompletableFuture.completedStage(new Session()))
            .named("session");

    @Test
    void cleansUp(VirtualTime time) throws InterruptedException {
      assertThat(SESSION.use(String::length)).isEqualTo(7);
    }

    @Test
    void leavesAContextEntered(VirtualTime time) {
      AsyncExitStack.open().enterAsync(SESSION).join();
    }

    @Test
    void leavesWhatArrivedLater(VirtualTime time) {
      var arriving = new CompletableFuture<Void>();
      AsyncContextManager<String> late = () -> arriving.thenApply(_ -> new Session());
      AsyncExitStack.open().enterAsync(late.named("session"));
      var _ = late.named("session").useAsync(_ -> new CompletableFuture<>());
      arriving.complete(null);
    }

    @Test
    void leavesATimer(VirtualTime time) {
      Async.sleepAsync(Duration.ofSeconds(1));
    }

    @Test
    void leavesAThread(VirtualTime time) {
      time.start(Sample::waitForEver);
    }

    private static void waitForEver() {
      try {
        Async.await(new CompletableFuture<>());
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts it", e);
      }
    }

    @Test
    void failsAndLeaks(VirtualTime time) {
      AsyncExitStack.open().enterAsync(SESSION).join();
      throw new IllegalStateException("its own");
    }
  }

  /** Run by a test above only. */
  static class Hanging {
    static final CountDownLatch BEGUN = new CountDownLatch(1);
    static final CountDownLatch END = new CountDownLatch(1);

    @RegisterExtension static final LeakCheck CHECK = new LeakCheck(Duration.ofMillis(10));

    @Test
    void leavesABusyThread(VirtualTime time) throws InterruptedException {
      time.start(() -> {
        BEGUN.countDown();
        try {
          END.await();
        } catch (InterruptedException e) {
          throw new AssertionError("nobody interrupts it", e);
        }
      });
      BEGUN.await();
    }
  }

  /** Run by a test above only. */
  @ExtendWith(LeakCheck.class)
  static class SetUp {
    private VirtualTime time;
    private Journal journal;

    @BeforeEach
    void setUp(VirtualTime ofTest, Journal journalOfTest) {
      time = ofTest;
      journal = journalOfTest;
    }

    @Test
    void sharesThem(VirtualTime ofTest, Journal journalOfTest) {
      assertThat(ofTest).isSameAs(time);
      assertThat(journalOfTest).isSameAs(journal);
    }
  }

  /** Run by a test above only. */
  @ExtendWith(LeakCheck.class)
  static class Constructed {
    Constructed(VirtualTime time) {}

    @Test
    void doesNothing() {}
  }

  /** Run by a test above only. */
  @ExtendWith(LeakCheck.class)
  static class BeforeAllTests {
    @BeforeAll
    static void setUp(VirtualTime time) {}

    @Test
    void doesNothing() {}
  }

  private static final class Session implements AsyncContext<String> {
    @Override
    public String value() {
      return "session";
    }

    @Override
    public CompletableFuture<Verdict> exitAsync(ExitCase how) {
      return CompletableFuture.completedFuture(Verdict.PROPAGATE);
    }

    @Override
    public String toString() {
      return "session";
    }
  }
}
