package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.database.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Results that are larger than the heap, in a process of their own. */
@Tag("stress")
@Timeout(300)
class StreamingTest {

  @Test
  void rows_ofTenMillionInAHeapOf64MiB_areAllSeen() throws Exception {
    assertThat(run("10000000")).containsExactly("10000000 rows, 50000005000000 in sum");
  }

  /** To send them all would take the server an hour. */
  @Test
  void rows_areCancelledOnTheWay_serverWorksNoMore() throws Exception {
    assertThat(run("10000000000")).containsExactly("cancelled, and the server works no more");
  }

  private static List<String> run(String wanted) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                ManyRows.class.getName(),
                String.valueOf(PostgresServer.port()),
                wanted)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines = process.inputReader().readAllLines();
    assertThat(process.waitFor()).isZero();
    return lines;
  }
}
