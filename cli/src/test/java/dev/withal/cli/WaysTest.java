package dev.withal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.timeline.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How one gets into processes that aren't prepared, or have little. */
class WaysTest {

  @TempDir private Path folder;

  @Test
  void program_withInsightOff_isSwitchedOn() throws IOException {
    try (Running program = Running.program().tell("hold")) {
      assertThat(Ran.withal("pstree", program.pid()).out()).isEqualTo("0 contexts held\n");

      program.tell("hold");

      assertThat(Ran.withal("pstree", program.pid()).out()).startsWith("7 contexts held\n");
    }
  }

  @Test
  void program_withoutInsight_getsThatOfTheCommand() throws IOException {
    try (Running program = Running.withoutInsight().tell("touch")) {
      assertThat(Ran.withal("pstree", program.pid()))
          .isEqualTo(new Ran(0, "0 contexts held\n", ""));

      program.tell("hold");

      assertThat(Ran.withal("pstree", program.pid()).out())
          .startsWith("7 contexts held\n")
          .contains("orders db ×3");
    }
  }

  @Test
  void program_withoutManagement_isAskedByFlightRecorder() throws IOException {
    try (Running program =
        Running.program(
                "--limit-modules",
                "java.management,java.logging,jdk.jfr",
                "-Ddev.withal.insight=on")
            .tell("hold")) {
      Ran ran = Ran.withal("pstree", program.pid());

      assertThat(ran.err()).isEmpty();
      assertThat(ran.plain())
          .startsWith("7 contexts held\n")
          .contains("─ orders db ×3  in body since then  at a line\n")
          .contains("  └─ transaction ×3  in body since then  at a line\n");

      program.tell("leak");

      assertThat(Ran.withal("leaks", program.pid(), "--gc").plain())
          .isEqualTo("20 contexts have leaked\n  forgotten ×20  at a line\n");
    }
  }

  @Test
  void recording_ofAProgramThatEnds_isWhatItLeft() throws Exception {
    Path page = folder.resolve("page.html");
    try (Running program = Running.program("-Ddev.withal.insight=on").tell("touch")) {
      CompletableFuture<Ran> recording =
          CompletableFuture.supplyAsync(() ->
              Ran.withal("record", program.pid(), "--min", "0ms", "--for", "60s", "-o", page));
      while (!recording.isDone() && !isRecording(program.process.pid())) {
        Thread.onSpinWait();
      }
      program.tell("use");
      program.process.getOutputStream().close();

      assertThat(recording.get())
          .isEqualTo(
              new Ran(
                  0,
                  page + ": 30 uses, 0 still held, 0 leaked, 0 reports\n",
                  "process " + program.pid() + " ended meanwhile: this is what it left\n"));
    }
  }

  private static boolean isRecording(long pid) throws Refusal {
    try (Target target = Target.attach(pid)) {
      return target.diagnose("JFR.check").contains("name=withal-");
    }
  }
}
