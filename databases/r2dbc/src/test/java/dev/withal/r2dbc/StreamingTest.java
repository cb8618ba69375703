package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results that are larger than the heap, in a process of their own. */
@Tag("stress")
@Timeout(300)
class StreamingTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1_000})
  void rows_ofTenMillionInAHeapOf64MiB_areAllSeen(int fetchSize) throws Exception {
    assertThat(run("10000000", fetchSize)).containsExactly("10000000 rows, 50000005000000 in sum");
  }

  /** To send them all would take the server an hour. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1_000})
  void rows_areCancelledOnTheWay_serverWorksNoMore(int fetchSize) throws Exception {
    assertThat(run("10000000000", fetchSize))
        .containsExactly("cancelled, and the server works no more");
  }

  private static List<String> run(String rows, int fetchSize)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                ManyRows.class.getName(),
                Postgres.url() + "?applicationName=stream",
                rows,
                String.valueOf(fetchSize))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines = process.inputReader().readAllLines();
    assertThat(process.waitFor()).isZero();
    return lines;
  }
}
