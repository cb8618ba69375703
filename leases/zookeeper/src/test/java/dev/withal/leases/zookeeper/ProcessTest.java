package dev.withal.leases.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.leases.Lease;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Holders that are processes of their own: stopped, and killed. */
@Tag("stress")
@Timeout(180)
class ProcessTest {
  private static Process holder(String name) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-cp",
            System.getProperty("java.class.path"),
            HolderProgram.class.getName(),
            Ensemble.address(),
            name)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static String line(BufferedReader output) throws IOException {
    return Objects.requireNonNull(output.readLine(), "the holder has ended");
  }

  private static void signal(Process process, String signal) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor())
        .isZero();
  }

  @Test
  void holder_isStopped_itsFirstTokenAfterThatIsRefused() throws Exception {
    Process holder = holder("stopped");
    try (BufferedReader output = holder.inputReader();
        CuratorFramework client = Ensemble.client()) {
      long token = Long.parseLong(line(output).substring("holds ".length()));
      signal(holder, "STOP");
      long next = ZooKeeperLeases.over(client).lease("stopped").use(Lease::token);
      signal(holder, "CONT");

      assertThat(next).isGreaterThan(token);
      String refused = line(output);
      String asked = line(output);
      System.out.println("after SIGCONT, in microseconds: " + refused + ", " + asked);
      assertThat(refused).startsWith("refused ");
      assertThat(asked).startsWith("asked ");
      assertThat(line(output)).isEqualTo("lost");
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void holder_isKilled_nextOneHasItSoonAfterTheTimeout() throws Exception {
    Process holder = holder("killed");
    try (BufferedReader output = holder.inputReader();
        CuratorFramework client = Ensemble.client()) {
      line(output);
      long before = System.nanoTime();
      holder.destroyForcibly().waitFor();
      ZooKeeperLeases.over(client).lease("killed").run(Lease::token);
      Duration waited = Duration.ofNanos(System.nanoTime() - before);

      System.out.println("next holder after a kill: " + waited.toMillis() + " ms");
      assertThat(waited).isLessThan(Duration.ofMillis(Ensemble.SESSION_MILLIS * 4L));
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }
}
