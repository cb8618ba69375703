package dev.withal.modular;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.withal.Async;
import dev.withal.testkit.EventLoopThread;
import dev.withal.testkit.Fixture;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The testkit in the tests of a program that runs as a module. */
@ExtendWith(LeakCheck.class)
class ModulePathTest {
  @RegisterExtension final Fixture<String> session = Fixture.of(String.class, Session::open);

  @Test
  void program_isAModuleOnTheModulePath() {
    assertTrue(Session.class.getModule().isNamed());
    assertTrue(Async.class.getModule().isNamed());
  }

  @Test
  void fixture_isEnteredInVirtualTime(String session, VirtualTime time) throws Exception {
    assertEquals("session", session);
    Duration before = time.elapsed();
    Session.open().run(ignored -> {});
    assertEquals(Duration.ofMillis(5), time.elapsed().minus(before));
  }

  @Test
  void managers_passTheLawSuite() throws Exception {
    ManagerLaws.of(Session::open).check();
  }

  @Test
  void eventLoopThread_isGuarded() throws Exception {
    var refused = new CompletableFuture<Throwable>();
    Thread loop =
        new EventLoopThread(
            () -> {
              try {
                Session.open().run(ignored -> {});
              } catch (Throwable refusal) {
                refused.complete(refusal);
              }
            },
            "loop");
    loop.start();
    loop.join();

    assertInstanceOf(IllegalStateException.class, refused.join());
  }
}
