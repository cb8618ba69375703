package dev.withal.benchmarks;

import dev.withal.benchmarks.Comparison.Change;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what became slower, hungrier or better between two runs. */
@Command(
    name = "compare",
    header = "Says which cases got slower or hungrier, beyond their spread.",
    usageHelpAutoWidth = true,
    footer = {"", "Exit codes: 0 nothing got worse; 1 something did; 2 it could not be told."})
final class CompareCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "OLD.json", description = "What benchmarks/run wrote then.")
  private Path before = Path.of("");

  @Parameters(index = "1", paramLabel = "NEW.json", description = "What it wrote now.")
  private Path after = Path.of("");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Results old = Results.read(before);
    Results now = Results.read(after);
    List<Change> changes = Comparison.of(Cases.ALL, old, now);
    if (changes.isEmpty()) {
      throw new UserException("the two files have no case in common, so nothing can be compared");
    }
    PrintWriter out = spec.commandLine().getOut();
    tellDifferences(old.environment(), now.environment(), out);
    List<Change> worse = changes.stream().filter(Change::isWorse).toList();
    worse.forEach(out::println);
    changes.stream().filter(Change::isBetter).forEach(out::println);
    out.printf("%d compared, %d worse%n", changes.size(), worse.size());
    return worse.isEmpty() ? 0 : 1;
  }

  private static void tellDifferences(Environment old, Environment now, PrintWriter out) {
    if (!old.machine().equals(now.machine()) || !old.jdk().equals(now.jdk())) {
      out.printf(
          "these are not the same place: %s, %s; and %s, %s%n",
          old.machine(), old.jdk(), now.machine(), now.jdk());
    }
  }
}
