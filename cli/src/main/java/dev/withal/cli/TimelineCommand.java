package dev.withal.cli;

import dev.withal.timeline.Refusal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a page of a recording. */
@Command(
    name = "timeline",
    sortOptions = false,
    header = "Makes a page of a recording of Flight Recorder: one file, which needs no network.")
final class TimelineCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE.jfr", description = "The recording of a JVM with Insight on.")
  private Path file = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "PAGE.html",
      description = "The page to write (${DEFAULT-VALUE}).")
  private Path page = Path.of("withal.html");

  @Override
  public Integer call() throws Refusal {
    Terminal terminal = Terminal.of(spec.commandLine());
    Pages.make(file, String.valueOf(file.getFileName()), page, terminal);
    return 0;
  }
}
