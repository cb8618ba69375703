package dev.withal.cli;

import dev.withal.Async;
import dev.withal.timeline.HeldContext;
import dev.withal.timeline.Plain;
import dev.withal.timeline.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a JVM holds. */
@Command(
    name = "pstree",
    sortOptions = false,
    header = "Shows what a JVM holds, as a tree: all that are alike are one line.",
    description =
        "A line has the name, how many, the step, since when, the line of the enter, the thread, and"
            + " who asked it to end. \"(parent unknown)\" means that nobody can tell what it is"
            + " nested in.%n")
final class PstreeCommand implements Callable<Integer> {
  private static final Duration BEAT = Duration.ofSeconds(1);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "PID", description = "The process; `withal ps` lists them.")
  private long pid;

  @Option(
      names = "--min-age",
      paramLabel = "TIME",
      description =
          "Only those whose enter began so long ago, or longer, or before Insight was on.")
  private Duration minAge = Duration.ZERO;

  @Option(
      names = "--lines",
      paramLabel = "N",
      description = "How many lines a tree has at most (${DEFAULT-VALUE}).")
  private int lines = 40;

  @Option(
      names = "--json",
      description =
          "One object of JSON a line for each context, the 10,000 that are held longest; without"
              + " times if it was entered before Insight was on.")
  private boolean json;

  @Option(names = "--watch", description = "Again each second, until Ctrl-C or the JVM ends.")
  private boolean watch;

  @Override
  public Integer call() throws Refusal, InterruptedException {
    if (lines < 1) {
      throw new ParameterException(spec.commandLine(), "--lines must be at least 1");
    }
    Terminal terminal = Terminal.of(spec.commandLine());
    try (Opening opening = Opening.of(pid)) {
      if (!watch) {
        terminal.print(shown(opening));
        return 0;
      }
      while (true) {
        terminal.printAgain(shown(opening));
        Async.sleep(BEAT);
      }
    }
  }

  private String shown(Opening opening) throws Refusal, InterruptedException {
    if (!json && minAge.isZero() && opening.management().isPresent()) {
      return opening.management().get().tree(lines);
    }
    List<HeldContext> all = HeldNow.of(opening);
    Instant now = Instant.now();
    List<HeldContext> held =
        all.stream().filter(context -> !context.enteredAt().isAfter(now.minus(minAge))).toList();
    if (json) {
      return held.stream().map(line -> HeldLines.line(line) + "\n").collect(Collectors.joining());
    }
    String which = minAge.isZero() ? "held" : "held for " + Plain.time(minAge) + " or longer";
    String more =
        held.size() == HeldNow.MOST ? "these are the " + held.size() + " held longest\n" : "";
    return new HeldTree(held, now).text(which, lines) + more;
  }
}
