package dev.withal.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A build never hangs: it fails, and says which test hangs and where its threads are. */
@Tag("slow")
@Timeout(60)
class HangingTestsTest {
  private static final String CLASS =
      "[engine:junit-jupiter]/[class:" + HangingProgram.Hanging.class.getName() + "]";

  @Test
  void test_isDeafToItsInterrupt_endsTheProcessAndIsNamedWithAllThreads() throws Exception {
    Ended ended = run("waits_deafToItsInterrupt", "PT5S");

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.text())
        .containsSubsequence(
            CLASS + "/[method:waits_deafToItsInterrupt()]: has timed out, and is interrupted",
            "HangingProgram$Hanging.waits_deafToItsInterrupt(",
            CLASS + "/[method:waits_deafToItsInterrupt()]: hangs for PT5S, and the process ends",
            "HangingProgram$Hanging.waits_deafToItsInterrupt(")
        .contains("HangingProgram$Hanging.waitsOnAVirtualThread(")
        .doesNotContain("ended:");
  }

  @Test
  void test_hearsItsInterrupt_failsAndIsNamedWithAllThreads() throws Exception {
    Ended ended = run("waits", "PT1M");

    assertThat(ended.code()).isZero();
    assertThat(ended.text())
        .containsSubsequence(
            CLASS + "/[method:waits()]: has timed out, and is interrupted",
            "HangingProgram$Hanging.waits(",
            "ended: 1 failed")
        .contains("HangingProgram$Hanging.waitsOnAVirtualThread(")
        .doesNotContain("the process ends");
  }

  @Test
  void afterAll_isDeaf_endsTheProcessAndIsNamed() throws Exception {
    Ended ended = run("hangsAfterwards", "PT3S");

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.text())
        .containsSubsequence(
            "what follows " + CLASS + "/[method:hangsAfterwards()]: hangs for PT3S",
            "HangingProgram$Hanging.afterwards(")
        .doesNotContain("ended:");
  }

  private static Ended run(String method, String limit) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dhanging.limit=" + limit,
                "-cp",
                System.getProperty("java.class.path"),
                HangingProgram.class.getName(),
                method)
            .redirectErrorStream(true)
            .start();
    process.onExit().orTimeout(50, TimeUnit.SECONDS).exceptionally(_ -> process.destroyForcibly());
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), text);
  }

  private record Ended(int code, String text) {}
}
