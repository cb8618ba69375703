package dev.withal.cli;

import dev.withal.Async;
import dev.withal.timeline.Plain;
import dev.withal.timeline.RecordingReader;
import dev.withal.timeline.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what has leaked in a JVM. */
@Command(
    name = "leaks",
    header = "Shows what has leaked in a JVM: contexts that nobody is left to exit.",
    description =
        "They are found by the garbage collector, so what it hasn't looked at yet isn't here. A JVM"
            + " without management is asked for what it finds meanwhile.%n")
final class LeaksCommand implements Callable<Integer> {
  private static final int MOST = 1_000;

  /** Insight looks once a second at what the collector has found. */
  private static final Duration A_LOOK = Duration.ofMillis(2_200);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "PID", description = "The process; `withal ps` lists them.")
  private long pid;

  @Option(
      names = "--gc",
      description =
          "Collect garbage first; the JVM stops for that, as long as a full collection takes.")
  private boolean collect;

  @Override
  public Integer call() throws Refusal, InterruptedException {
    Terminal terminal = Terminal.of(spec.commandLine());
    List<HeldLines.Leak> leaks;
    try (Opening opening = Opening.of(pid)) {
      leaks =
          opening.management().isPresent()
              ? told(opening.target(), opening.management().get(), terminal)
              : recorded(opening.target(), terminal);
    }
    long count = leaks.stream().mapToLong(HeldLines.Leak::count).sum();
    if (count == 0) {
      terminal.print(
          "nothing has leaked, as far as the last collection found"
              + (collect ? "\n" : "; --gc asks for one\n"));
      return 0;
    }
    var text = new StringBuilder();
    text.append(count).append(count == 1 ? " context has" : " contexts have").append(" leaked\n");
    for (HeldLines.Leak leak : leaks) {
      text.append("  ").append(Plain.line(leak.manager()));
      text.append(leak.count() > 1 ? " ×" + leak.count() : "");
      text.append(leak.where() == null ? "" : "  at " + Plain.line(leak.where())).append('\n');
    }
    terminal.print(text.toString());
    return Main.LEAKED;
  }

  private List<HeldLines.Leak> told(Target target, Management management, Terminal terminal)
      throws Refusal, InterruptedException {
    if (collect) {
      collect(target, terminal);
    }
    try {
      return HeldLines.leaks(management.leaks(MOST));
    } catch (IllegalArgumentException otherFormat) {
      throw Management.anotherVersion(target, otherFormat);
    }
  }

  private List<HeldLines.Leak> recorded(Target target, Terminal terminal)
      throws Refusal, InterruptedException {
    try (Folder folder = Folder.sharedWith(target.process())) {
      FlightRecording recording = FlightRecording.start(target, folder.path(), Duration.ofHours(1));
      try {
        if (collect) {
          collect(target, terminal);
        } else {
          Async.sleep(A_LOOK);
        }
      } finally {
        recording.stop();
      }
      return RecordingReader.read(recording.file(), 1, events -> {}).leaks.stream()
          .map(leak ->
              new HeldLines.Leak(
                  leak.manager(), leak.what().isEmpty() ? null : leak.what(), leak.count()))
          .toList();
    }
  }

  private static void collect(Target target, Terminal terminal)
      throws Refusal, InterruptedException {
    terminal.progress("collecting garbage in " + target.pid() + "…");
    target.diagnose("GC.run");
    Async.sleep(A_LOOK);
  }
}
