package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a process ends that runs under Async.run: real processes, real signals. */
class RunProcessTest {

  @Test
  void main_returns_processSucceeds() throws Exception {
    Ended ended = start("returns").end();

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).containsExactly("enter a", "exit a Succeeded", "a");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void main_fails_processFailsAfterTheExit() throws Exception {
    Ended ended = start("fails").end();

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out()).containsExactly("enter a", "exit a Failed");
    assertThat(ended.err()).contains("IllegalStateException: main failed");
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void signal_mainWaits_exitsAllAndEndsAsTheShellExpects(String signal, int code) throws Exception {
    Ended ended = start("waits").signalWhenReady(signal).end();

    assertThat(ended.code()).isEqualTo(code);
    assertThat(ended.out())
        .containsExactly("enter a", "enter b", "ready", "exit b Cancelled", "exit a Cancelled");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void signal_mainDrains_usesEndByThemselves() throws Exception {
    Ended ended = start("drains").signalWhenReady("TERM").end();

    assertThat(ended.code()).isEqualTo(143);
    assertThat(ended.out())
        .containsExactly("enter a", "ready", "told", "exit a Succeeded", "answered");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void signal_mainWaitsForAStage_cancelsTheUse() throws Exception {
    Ended ended = start("waits in stage style").signalWhenReady("TERM").end();

    assertThat(ended.code()).isEqualTo(143);
    assertThat(ended.out()).containsExactly("enter a", "ready", "exit a Cancelled");
  }

  @Test
  void signal_workIsUnderWay_endsItBeforeTheExit() throws Exception {
    Ended ended = start("calls work").signalWhenReady("TERM").end();

    assertThat(ended.code()).isEqualTo(143);
    assertThat(ended.out())
        .containsExactly("enter a", "ready", "interrupted", "ended", "exit a Cancelled");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void signal_exitHangs_isReportedAfterTheGracePeriod() throws Exception {
    Ended ended = start("hangs in its exit").signalWhenReady("TERM").end();

    assertThat(ended.code()).isEqualTo(143);
    assertThat(ended.out()).containsExactly("ready", "hangs");
    assertThat(ended.err())
        .contains(
            "the process ends although this is not exited: it took more than PT0.3S",
            "main is here");
  }

  @Test
  void systemExit_insideABody_exitsAllThatMainHolds() throws Exception {
    Ended ended = start("calls exit").end();

    assertThat(ended.code()).isEqualTo(7);
    assertThat(ended.out())
        .containsExactly(
            "enter a",
            "enter b",
            "enter c",
            "exit c Cancelled",
            "exit b Cancelled",
            "exit a Cancelled");
  }

  @Test
  void systemExit_anExitIsPending_isAwaitedBeforeThoseAroundIt() throws Exception {
    Ended ended = start("calls exit while an exit is pending").end();

    assertThat(ended.code()).isEqualTo(7);
    // The stack or the end of the process exits the second one, and each tells a case of its own.
    assertThat(ended.out())
        .extracting(line -> line.replaceFirst(" \\w+ed$", ""))
        .containsExactly("enter a", "enter b", "exit b", "exit a");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void systemExit_insideAnExit_exitsTheOthers() throws Exception {
    Ended ended = start("calls exit in an exit").end();

    assertThat(ended.code()).isEqualTo(7);
    assertThat(ended.out()).containsExactly("enter a", "exit a Cancelled");
  }

  @Test
  void systemExit_anExitFails_isReported() throws Exception {
    Ended ended = start("calls exit with an exit that fails").end();

    assertThat(ended.code()).isEqualTo(7);
    assertThat(ended.out()).containsExactly("enter a", "exit a Cancelled");
    assertThat(ended.err()).containsOnlyOnce("java.io.IOException: no flush");
  }

  @Test
  void signal_mainAnswersBySystemExit_exitsAllThatMainHolds() throws Exception {
    Ended ended = start("answers by exit").signalWhenReady("TERM").end();

    assertThat(ended.code()).isEqualTo(143);
    assertThat(ended.out()).containsExactly("enter a", "ready", "exit a Cancelled");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void signal_mainAnswersByAnError_isReportedOnce() throws Exception {
    Ended ended = start("answers by an error").signalWhenReady("TERM").end();

    assertThat(ended.code()).isEqualTo(143);
    assertThat(ended.out()).containsExactly("enter a", "ready", "exit a Failed");
    assertThat(ended.err().lines().filter(line -> line.contains("no commit"))).hasSize(1);
  }

  @Test
  void systemExit_insideAGenerator_exitsTheOthersAndReportsIt() throws Exception {
    Ended ended = start("calls exit in a generator").end();

    assertThat(ended.code()).isEqualTo(7);
    assertThat(ended.out()).containsExactly("enter a", "exit a Cancelled");
    assertThat(ended.err())
        .contains(
            "System.exit was called inside a generator or a synchronous manager, whose exit can't"
                + " run: return from main instead");
  }

  @Test
  void systemExit_onAnotherThread_exitsAllThatMainHolds() throws Exception {
    Ended ended = start("calls exit on another thread").end();

    assertThat(ended.code()).isEqualTo(7);
    assertThat(ended.out()).containsExactly("enter a", "ready", "exit a Cancelled");
  }

  private static Program start(String program) throws Exception {
    List<String> command = new ArrayList<>(withoutIgnoredSignals());
    command.addAll(
        Java.command("target/classes:target/test-classes", RunPrograms.class, List.of()));
    command.add(program);
    return new Program(new ProcessBuilder(command).start());
  }

  /** A build that runs in the background ignores SIGINT, and what it starts inherits that. */
  private static List<String> withoutIgnoredSignals() throws Exception {
    var env = List.of("env", "--default-signal=INT");
    var check = new ArrayList<>(env);
    check.add("true");
    return new ProcessBuilder(check).start().waitFor() == 0 ? env : List.of();
  }

  private record Ended(int code, List<String> out, String err) {}

  private static final class Program {
    private final Process process;
    private final BufferedReader reader;
    private final List<String> out = new ArrayList<>();

    Program(Process process) {
      this.process = process;
      this.reader = process.inputReader(StandardCharsets.UTF_8);
    }

    Program signalWhenReady(String signal) throws Exception {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        out.add(line);
        if (line.equals("ready")) {
          break;
        }
      }
      new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
      return this;
    }

    Ended end() throws Exception {
      process
          .onExit()
          .orTimeout(20, TimeUnit.SECONDS)
          .exceptionally(
              _ -> process.destroyForcibly()); // not after its end: that closes its output
      reader.lines().forEach(out::add);
      String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      return new Ended(process.exitValue(), out, err);
    }
  }
}
