package dev.withal.examples.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program as a process that is told to end. */
class MainProcessTest {

  @Test
  @Timeout(120)
  void sigterm_finishesWhatRunsAndExitsAsTheShellExpects() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "0")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String address = out.readLine().replace("serving on ", "");
      try (var client = new Client(address)) {
        client.send("/totals"); // takes two seconds
        while (!client.line().equals("data: 1000000")) {
          assertThat(process.isAlive()).isTrue();
        }
        process.toHandle().destroy(); // unlike its own, it leaves the output open
        assertThat(out.readLine()).isEqualTo("draining");
        try (var late = new Client(address)) {
          assertThat(late.get("/ready").status()).isEqualTo(503);
        }
        while (!client.line().equals("data: over")) {
          assertThat(process.isAlive()).isTrue();
        }
      }
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
      assertThat(out.readLine()).isNull();
    } finally {
      process.destroyForcibly();
    }
  }
}
