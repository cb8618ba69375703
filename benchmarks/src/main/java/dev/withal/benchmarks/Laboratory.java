package dev.withal.benchmarks;

import dev.withal.benchmarks.jmh.DatabaseUse;
import dev.withal.benchmarks.jmh.GroupOfPeer;
import dev.withal.benchmarks.jmh.OneUse;
import dev.withal.benchmarks.jmh.PostgresServer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures subjects by JMH, each in a process of its own. */
final class Laboratory implements AutoCloseable {
  /** A heap that is there from the start, so that none measures how it grows. */
  private static final String[] JVM = {
    "-Xms1500m",
    "-Xmx1500m",
    "-Xmn700m",
    "-XX:+AlwaysPreTouch",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED"
  };

  private final Effort effort;
  private final OutputFormat log;

  /** Started for the first subject that needs it, and there for all others. */
  private @Nullable PostgresServer postgres;

  /** {@code log} gets what JMH prints. */
  Laboratory(Effort effort, PrintStream log) {
    this.effort = effort;
    this.log = OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL);
  }

  /** {@return what came out in each round for each of the subjects} */
  List<Measurement> measureAll(Set<Subject> subjects, int rounds) throws MeasuringException {
    List<Measurement> all = new ArrayList<>();
    try (Progress progress = Progress.of(rounds * subjects.size())) {
      for (int round = 0; round < rounds; round++) {
        for (Subject subject : subjects) {
          progress.next(subject.name());
          all.add(measure(subject));
        }
      }
    }
    return all;
  }

  /** {@return what came out in one process} */
  Measurement measure(Subject subject) throws MeasuringException {
    ChainedOptionsBuilder options =
        effort
            .schedule(subject, new OptionsBuilder())
            .include(
                "^"
                    + Pattern.quote(OneUse.class.getPackageName() + "." + subject.benchmark())
                    + "$")
            .forks(1)
            .addProfiler(GCProfiler.class)
            .jvmArgs(argumentsFor(subject))
            .shouldFailOnError(true);
    subject.parameters().forEach(options::param);
    try {
      RunResult run = new Runner(options.build(), log).runSingle();
      return new Measurement(subject, samples(run.getBenchmarkResults(), subject.operations()));
    } catch (RunnerException e) {
      throw new MeasuringException(subject, e);
    }
  }

  private String[] argumentsFor(Subject subject) {
    if (subject.parameters().containsValue(GroupOfPeer.PREVIEW)) {
      return with("--enable-preview");
    }
    if (!subject.parameters().containsValue(DatabaseUse.Database.POSTGRESQL.name())) {
      return JVM;
    }
    if (postgres == null) {
      postgres = PostgresServer.start();
    }
    return with(postgres.argument());
  }

  private static String[] with(String argument) {
    return Stream.concat(Stream.of(JVM), Stream.of(argument)).toArray(String[]::new);
  }

  @Override
  public void close() {
    if (postgres != null) {
      postgres.close();
    }
  }

  private static Map<Metric, List<List<Double>>> samples(
      Collection<BenchmarkResult> processes, long operations) {
    var samples = new EnumMap<Metric, List<List<Double>>>(Metric.class);
    for (BenchmarkResult process : processes) {
      var ofProcess = new EnumMap<Metric, List<Double>>(Metric.class);
      for (IterationResult iteration : process.getIterationResults()) {
        for (Metric metric : Metric.values()) {
          Result<?> result =
              metric == Metric.TIME
                  ? iteration.getPrimaryResult()
                  : iteration.getSecondaryResults().get(metric.label);
          if (result != null) {
            ofProcess
                .computeIfAbsent(metric, _ -> new ArrayList<>())
                .add(result.getScore() / operations);
          }
        }
      }
      ofProcess.forEach(
          (metric, values) -> samples.computeIfAbsent(metric, _ -> new ArrayList<>()).add(values));
    }
    return samples;
  }
}
