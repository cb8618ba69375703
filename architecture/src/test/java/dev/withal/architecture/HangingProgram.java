package dev.withal.architecture;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Runs one test that hangs, for {@link HangingTestsTest}. */
final class HangingProgram {
  private HangingProgram() {}

  public static void main(String[] args) {
    System.setProperty("hanging.run", "true");
    var summary = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(Hanging.class, args[0]))
                .configurationParameter("junit.jupiter.execution.timeout.default", "1 s")
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .build(),
            summary);
    System.out.println("ended: " + summary.getSummary().getTestsFailedCount() + " failed");
  }

  @EnabledIfSystemProperty(named = "hanging.run", matches = "true")
  static class Hanging {
    private static final Semaphore NEVER = new Semaphore(0);
    private static boolean afterwards;

    @Test
    void waits() throws InterruptedException {
      Thread.startVirtualThread(Hanging::waitsOnAVirtualThread);
      NEVER.acquire();
    }

    @Test
    void waits_deafToItsInterrupt() {
      Thread.startVirtualThread(Hanging::waitsOnAVirtualThread);
      NEVER.acquireUninterruptibly();
    }

    @Test
    void hangsAfterwards() {
      afterwards = true;
    }

    @AfterAll
    static void afterwards() {
      if (afterwards) {
        NEVER.acquireUninterruptibly();
      }
    }

    private static void waitsOnAVirtualThread() {
      NEVER.acquireUninterruptibly();
    }
  }
}
