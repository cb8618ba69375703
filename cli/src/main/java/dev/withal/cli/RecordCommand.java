package dev.withal.cli;

import dev.withal.Async;
import dev.withal.ContextManager;
import dev.withal.Verdict;
import dev.withal.timeline.Plain;
import dev.withal.timeline.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Records a JVM, and makes a page of it.
 *
 * <p>Design: the recording is a context. So Ctrl-C ends it in the other process as well, and what
 * was recorded until then still becomes a page.
 */
@Command(
    name = "record",
    sortOptions = false,
    header = "Records a JVM with Flight Recorder for some time, and makes a page of it.",
    description = "Ctrl-C ends the recording early, and so does the end of the JVM.%n")
final class RecordCommand implements Callable<Integer> {
  private static final Duration LONGEST_END = Duration.ofMinutes(1);
  private static final Duration BEAT = Duration.ofSeconds(1);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "PID", description = "The process; `withal ps` lists them.")
  private long pid;

  @Option(names = "--for", paramLabel = "TIME", description = "How long (30s).")
  private Duration time = Duration.ofSeconds(30);

  @Option(
      names = "--min",
      paramLabel = "TIME",
      description = "How long a use must take to be recorded (10ms); 0ms for each.")
  private Duration min = Duration.ofMillis(10);

  @Option(
      names = {"-o", "--output"},
      paramLabel = "PAGE.html",
      description = "The page to write (${DEFAULT-VALUE}).")
  private Path page = Path.of("withal.html");

  @Override
  public Integer call() throws Refusal, InterruptedException {
    Terminal terminal = Terminal.of(spec.commandLine());
    return Async.call(
        LONGEST_END,
        () -> {
          try (Opening opening = Opening.of(pid);
              Folder folder = Folder.sharedWith(opening.target().process())) {
            return record(opening.target(), folder.path(), terminal);
          }
        });
  }

  private int record(Target target, Path folder, Terminal terminal)
      throws Refusal, InterruptedException {
    ContextManager<FlightRecording> recording =
        ContextManager.of(
            () -> FlightRecording.start(target, folder, min),
            (begun, how) -> {
              begun.stop();
              return Verdict.PROPAGATE;
            });
    try {
      recording.run(begun -> await(target.process(), terminal));
    } catch (InterruptedException | CancellationException early) {
      Pages.make(folder.resolve("recording.jfr"), title(), page, terminal);
      throw early;
    }
    Pages.make(folder.resolve("recording.jfr"), title(), page, terminal);
    return 0;
  }

  private String title() {
    return "process " + pid;
  }

  private void await(ProcessHandle process, Terminal terminal) throws InterruptedException {
    CompletableFuture<ProcessHandle> ended = process.onExit();
    for (Duration left = time; left.isPositive(); left = left.minus(BEAT)) {
      terminal.progress("recording process " + pid + ": " + Plain.time(left) + " left");
      Duration beat = left.compareTo(BEAT) < 0 ? left : BEAT;
      boolean isOver =
          Async.<Boolean, RuntimeException>await(
              ended
                  .thenApply(gone -> true)
                  .completeOnTimeout(false, beat.toMillis(), TimeUnit.MILLISECONDS));
      if (isOver) {
        terminal.tell("process " + pid + " ended meanwhile: this is what it left");
        return;
      }
    }
  }
}
