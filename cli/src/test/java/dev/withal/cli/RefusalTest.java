package dev.withal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.withal.timeline.Refusal;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** One sentence for each thing that can't be. */
class RefusalTest {

  private static void assertRefused(Ran ran, String sentence) {
    assertThat(ran).isEqualTo(new Ran(1, "", "withal: " + sentence + System.lineSeparator()));
  }

  @Test
  void process_thatIsNotThere_isRefused() {
    long none = 4_194_303; // the greatest id that Linux gives
    assertRefused(
        Ran.withal("pstree", none),
        "there is no process 4194303: `withal ps` lists those with Withal");
  }

  @Test
  void process_thatIsNoJvm_isRefusedAndLives() throws IOException {
    try (Running sleeping = Running.command("sleep", "600")) {
      assertRefused(
          Ran.withal("leaks", sleeping.pid()),
          "process " + sleeping.pid() + " isn't a JVM: `withal ps` lists those with Withal");
      assertThat(sleeping.process.isAlive()).isTrue();
    }
  }

  @Test
  void jvm_thatIsStopped_isRefused() throws Exception {
    try (Running program = Running.program()) {
      new ProcessBuilder("kill", "-STOP", program.pid()).start().waitFor();
      assertRefused(
          Ran.withal("pstree", program.pid()),
          "process "
              + program.pid()
              + " is stopped: let it go on, with `kill -CONT "
              + program.pid()
              + "`");
    }
  }

  @Test
  void jvm_withoutWithal_isRefused() throws IOException {
    try (Running program = Running.program()) {
      assertRefused(
          Ran.withal("pstree", program.pid()),
          "process "
              + program.pid()
              + " has no Withal in it, or hasn't entered any context so far");
      assertRefused(
          Ran.withal("record", program.pid()),
          "process "
              + program.pid()
              + " has no Withal in it, or hasn't entered any context so far");
    }
  }

  @Test
  void jvm_thatLetsNobodyAttach_isRefused() throws IOException {
    try (Running program = Running.program("-XX:+DisableAttachMechanism")) {
      assertRefused(
          Ran.withal("pstree", program.pid()),
          "process "
              + program.pid()
              + " lets nobody attach, as it was started with -XX:+DisableAttachMechanism: start it"
              + " with -XX:StartFlightRecording, and read the recording with `withal timeline`");
    }
  }

  @Test
  void jvm_thatLetsNoAgentIn_isRefused() throws IOException {
    try (Running program = Running.program("-XX:-EnableDynamicAgentLoading").tell("touch")) {
      assertRefused(
          Ran.withal("pstree", program.pid()),
          "process "
              + program.pid()
              + " has Insight off, and lets no agent in that would switch it on: start it with"
              + " -Ddev.withal.insight=on");
    }
  }

  @Test
  void jvm_withAnotherFormat_isRefused() throws IOException {
    try (Running program = Running.program().tell("touch").tell("other")) {
      String sentence =
          "process "
              + program.pid()
              + " has another version of Withal, whose answers this command can't read: use the"
              + " command of that version";
      assertRefused(Ran.withal("pstree", program.pid(), "--json"), sentence);
      assertRefused(Ran.withal("leaks", program.pid()), sentence);
    }
  }

  @Test
  void jvm_thatEnds_isToldToHaveEnded() throws Exception {
    Target target;
    try (Running program = Running.program().tell("touch")) {
      target = Target.attach(program.process.pid());
      program.process.destroyForcibly().waitFor();
    }
    try (target) {
      assertThatExceptionOfType(Refusal.class)
          .isThrownBy(() -> target.diagnose("VM.version"))
          .withMessage("process " + target.pid() + " ended meanwhile");
    }
  }

  @Test
  void options_thatAreWrong_areExplained() {
    Ran ran = Ran.withal("pstree", "1", "--min-age", "soon");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err())
        .startsWith(
            "withal: Invalid value for option '--min-age': 'soon' isn't a time: write 500ms,"
                + " 30s, 5m or 1h\n")
        .contains("Usage: withal pstree");
  }

  @Test
  void process_thatIsNoNumber_isExplained() {
    Ran ran = Ran.withal("pstree", "ingest");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err())
        .startsWith(
            "withal: Invalid value for positional parameter at index 0 (PID): 'ingest' isn't the"
                + " number of a process: withal ps lists them\n");
  }
}
