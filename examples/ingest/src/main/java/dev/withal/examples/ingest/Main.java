package dev.withal.examples.ingest;

import dev.withal.Async;
import dev.withal.Report;
import dev.withal.examples.ingest.ExclusiveTurns.WhenTaken;
import dev.withal.timeline.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The command {@code ingest}: options, what is printed, and exit codes. */
@Command(
    name = "ingest",
    sortOptions = false,
    usageHelpAutoWidth = true,
    header = "Loads a CSV file into a database table, all or nothing.",
    description = {
      "",
      "If the table doesn't exist, it is created, with a column of text for each column of the"
          + " file. If it exists, it must have the same columns, and the rows are added to it: a"
          + " file that is loaded twice has its rows there twice. Names are taken as they are, upper"
          + " and lower case included.",
      "",
      "If a row is malformed, if anything else fails, or on Ctrl-C, the database is left as it was.",
      "",
      "With --exclusive, processes on many machines load into a table one after the other. Each of"
          + " them loads the whole file; with --or-skip, those that would have to wait leave instead."
          + " If the one that loads is killed, its rows are rolled back, and the next one loads. If"
          + " it is stopped or cut off for longer than --lease-timeout, it loses its turn, and is"
          + " rolled back once it goes on.",
      "",
      "A load commits in its own turn only, if the leases are in the PostgreSQL database that is"
          + " loaded into: the server grants nobody else a turn before the transaction has ended. It"
          + " ends a transaction of which it hears nothing for twice --lease-timeout, as when the"
          + " file is a pipe that is silent for so long. Elsewhere, a process looks at its turn right"
          + " before it commits; if it is stopped between that look and the commit, it can still"
          + " commit in the turn of another one.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 loaded; 1 failed; 2 wrong options; 3 skipped, as another process was loading;"
          + " 130 ended by Ctrl-C; 143 ended by SIGTERM."
    })
public final class Main implements Callable<Integer> {
  private static final Path EXAMPLE =
      Path.of(System.getProperty("withal.home", "."), "examples", "ingest");

  private static final int SKIPPED = 3;

  /** H2 rolls back row by row, where the table was there before. */
  private static final Duration LONGEST_ROLLBACK = Duration.ofMinutes(2);

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE.csv",
      description =
          "In UTF-8, with a header. Without it: the characters of Unicode, in data/unicode.csv of"
              + " this example.")
  private Path file = EXAMPLE.resolve("data").resolve("unicode.csv");

  @Option(
      names = "--db",
      paramLabel = "R2DBC-URL",
      description = {
        "For example:",
        "r2dbc:postgresql://user:password@host/database",
        "r2dbc:h2:file:////folder/database",
        "Without it: the H2 database target/ingest in the folder of this example. To start afresh,"
            + " delete its file, target/ingest.mv.db."
      })
  private String url = Database.urlOf(EXAMPLE.resolve("target").resolve("ingest"));

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description = "Without it: the name of the file, up to \".csv\".")
  private @Nullable String table;

  @Option(
      names = "--batch",
      paramLabel = "ROWS",
      description = "How many rows go to the database at a time (${DEFAULT-VALUE}).")
  private int batch = 1000;

  @Option(
      names = "--exclusive",
      paramLabel = "LEASES-URL",
      description = {
        "Where the processes that load take turns, the same for all of them:",
        PostgresqlStore.FORM,
        ZooKeeperStore.FORM
      })
  private @Nullable String leases;

  @Option(
      names = "--or-skip",
      description =
          "With --exclusive: leave with exit code 3 if another process is still loading after 2 s.")
  private boolean orSkip;

  @Option(
      names = "--lease-timeout",
      paramLabel = "SECONDS",
      description =
          "With --exclusive: how long after its last sign of life a process loses its turn"
              + " (${DEFAULT-VALUE}). A ZooKeeper may have bounds of its own.")
  private int leaseTimeout = 30;

  @Option(
      names = "--timeline",
      paramLabel = "PAGE.html",
      description =
          "Record what the program holds while it loads, print the life of each context, and write"
              + " a page of it, which needs no network.")
  private @Nullable Path page;

  @Option(names = "--verbose", description = "Show stack traces.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  private final CommandLine command =
      new CommandLine(this).setParameterExceptionHandler((wrong, _) -> explainUsage(wrong));

  private Main() {}

  /**
   * Runs the command and ends the process.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(new Main().command.execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (batch < 1) {
      throw new ParameterException(command, "--batch must be at least 1, but is " + batch);
    }
    if (table != null && table.isEmpty()) {
      throw new ParameterException(command, "--table must not be empty");
    }
    if (page != null && !hasFolder(page)) {
      throw new ParameterException(
          command, "--timeline can't be written: its folder doesn't exist");
    }
    if (orSkip && leases == null) {
      throw new ParameterException(
          command, "--or-skip needs --exclusive, which says where turns are taken");
    }
    if (leaseTimeout < 1) {
      throw new ParameterException(
          command, "--lease-timeout must be at least 1, but is " + leaseTimeout);
    }
    try (var _ = Report.listen(report -> complain(report.context() + ": " + report.message()))) {
      // All else is printed in there: after Ctrl-C, the process ends as soon as it has run.
      return Async.call(LONGEST_ROLLBACK, this::load);
    }
  }

  private static boolean hasFolder(Path page) {
    Path folder = page.toAbsolutePath().getParent();
    return folder != null && Files.isDirectory(folder);
  }

  private int load() {
    if (page == null) {
      return loaded();
    }
    try {
      return recorded(Flight.start(), page);
    } catch (IOException unrecorded) {
      explain(Messages.of(unrecorded), unrecorded);
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** Whether rows were loaded doesn't depend on the page. */
  private int recorded(Flight flight, Path page) {
    int exitCode = loaded();
    try {
      flight.end(file.toString(), page, command.getOut());
    } catch (Refusal | IOException unwritten) {
      explain(Messages.of(unwritten), unwritten);
    }
    return exitCode;
  }

  private int loaded() {
    long start = System.nanoTime();
    try {
      String target = table == null ? nameOf(file) : table;
      long rows = new Ingest(file, url, target, batch, turns(target)).load();
      command
          .getOut()
          .printf(
              "loaded %d rows into %s in %s%n",
              rows, target, Flight.seconds((System.nanoTime() - start) / 1000));
      return CommandLine.ExitCode.OK;
    } catch (InterruptedException | CancellationException cancelled) {
      // As the process ends, this thread is interrupted and what it waits for is cancelled.
      explain("cancelled: nothing was loaded", cancelled);
      return CommandLine.ExitCode.SOFTWARE; // seen by nobody: the signal decides
    } catch (SkippedException skipped) {
      explain(Messages.of(skipped), skipped);
      return SKIPPED;
    } catch (Exception failure) {
      explain(Messages.of(failure), failure);
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private Turns turns(String target) throws LoadException {
    return leases == null
        ? Turns.NONE
        : new ExclusiveTurns(
            LeaseStore.at(leases),
            target,
            Duration.ofSeconds(leaseTimeout),
            orSkip ? WhenTaken.SKIP : WhenTaken.WAIT,
            this::complain);
  }

  private static String nameOf(Path file) {
    return String.valueOf(file.getFileName()).replaceFirst("(?i)\\.csv$", "");
  }

  private void explain(String message, Exception failure) {
    complain(message);
    for (Throwable exit : failure.getSuppressed()) {
      if (Messages.isNews(exit, failure)) {
        complain("and then: " + Messages.of(exit));
      }
    }
    if (verbose) {
      complain(Messages.stackTrace(failure));
    }
  }

  private int explainUsage(ParameterException wrong) {
    complain(Messages.hidden(String.valueOf(wrong.getMessage())));
    command.usage(command.getErr());
    return CommandLine.ExitCode.USAGE;
  }

  private void complain(String line) {
    command.getErr().println(line);
  }
}
