package dev.withal.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures, prints the table, and writes the results and the chart. */
@Command(
    name = "run",
    header = "Measures Withal beside what people use instead.",
    usageHelpAutoWidth = true,
    customSynopsis = "benchmarks/run [quick|full] [FILTER] [--rounds N]",
    footer = {"", "Exit codes: 0 measured, whatever came out; 2 it could not be."})
final class RunCommand implements Callable<Integer> {
  private static final Path RESULTS =
      Path.of(System.getProperty("withal.home", "."), "benchmarks", "results");

  @Parameters(
      arity = "0..2",
      paramLabel = "quick|full FILTER",
      hideParamSyntax = true,
      description = {
        "quick (the default) takes some minutes and runs each benchmark in one process, full takes"
            + " some half an hour and runs it in three.",
        "FILTER leaves the cases that have it in their group or title."
      })
  private List<String> words = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Runs each benchmark in so many processes instead.")
  private Optional<Integer> rounds = Optional.empty();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Effort effort = effort();
    int times = rounds(effort);
    Predicate<String> filter = filter();
    List<Case> cases =
        Cases.ALL.stream()
            .filter(some -> filter.test(some.label()))
            .map(some -> some.upTo(effort.most))
            .toList();
    List<Curve> curves = Cases.CURVES.stream().filter(some -> filter.test(some.label())).toList();
    if (cases.isEmpty() && curves.isEmpty()) {
      throw wrong(
          "no case has that in its group or title: the groups are "
              + Cases.ALL.stream().map(Case::group).distinct().collect(Collectors.joining(", ")));
    }
    Set<Subject> subjects =
        Stream.concat(
                cases.stream().flatMap(some -> some.subjects().stream()),
                curves.stream().flatMap(curve -> curve.subjects(effort.step)))
            .collect(Collectors.toCollection(LinkedHashSet::new));

    Environment here = Environment.here();
    Files.createDirectories(RESULTS);
    Path run = RESULTS.resolve(here.time().replace(":", "") + "-" + nameOf(effort));
    Results results = measure(effort, times, here, subjects, Path.of(run + ".log"));
    show(cases, curves, results, run);
    return 0;
  }

  private static Results measure(
      Effort effort, int rounds, Environment here, Set<Subject> subjects, Path log)
      throws IOException {
    try (var out = new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8);
        var laboratory = new Laboratory(effort, out)) {
      return Results.of(here, effort, laboratory.measureAll(subjects, rounds));
    } catch (MeasuringException e) {
      throw new UserException(e.getMessage() + "; the log is " + log, e);
    }
  }

  private void show(List<Case> cases, List<Curve> curves, Results results, Path run)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (!cases.isEmpty()) {
      out.println(Table.of(cases, results));
      out.println();
    }
    out.println(results.environment());
    Path json = Path.of(run + ".json");
    results.write(json);
    out.println(json);
    if (!curves.isEmpty()) {
      Path chart = Path.of(run + ".png");
      Chart.write(curves, results, chart);
      out.println(chart);
    }
    out.flush();
  }

  private Effort effort() {
    return Stream.of(Effort.values())
        .filter(effort -> !words.isEmpty() && nameOf(effort).equals(words.getFirst()))
        .findFirst()
        .orElse(Effort.QUICK);
  }

  private int rounds(Effort effort) {
    int given = rounds.orElse(effort.rounds);
    if (given < 1) {
      throw wrong("--rounds must be at least 1, and is " + given);
    }
    return given;
  }

  private Predicate<String> filter() {
    boolean hasEffort = !words.isEmpty() && nameOf(effort()).equals(words.getFirst());
    List<String> rest = hasEffort ? words.subList(1, words.size()) : words;
    if (rest.size() > 1) {
      throw wrong("\"" + rest.getFirst() + "\" is neither quick nor full");
    }
    return label -> rest.isEmpty() || label.contains(rest.getFirst().toLowerCase(Locale.ROOT));
  }

  private static String nameOf(Effort effort) {
    return effort.name().toLowerCase(Locale.ROOT);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
