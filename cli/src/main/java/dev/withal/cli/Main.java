package dev.withal.cli;

import dev.withal.timeline.Plain;
import dev.withal.timeline.Refusal;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The command {@code withal}: its subcommands, how they are refused, and exit codes. */
@Command(
    name = "withal",
    usageHelpAutoWidth = true,
    subcommands = {
      PsCommand.class,
      PstreeCommand.class,
      LeaksCommand.class,
      RecordCommand.class,
      TimelineCommand.class
    },
    header = "Shows what running programs hold with Withal, and what they leaked.",
    description = {
      "",
      "It attaches to a JVM of the same user, which needs no preparation. If Insight is off there,"
          + " it is switched on, and shows contexts that are entered from then on.",
      ""
    },
    footer = {
      "",
      "Times are written as 500ms, 30s, 5m or 1h.",
      "Exit codes: 0 done; 1 refused or failed; 2 wrong options; 3 something has leaked, from leaks;"
          + " 130 ended by Ctrl-C."
    })
public final class Main {
  /** Of {@code leaks}, if there are any. */
  static final int LEAKED = 3;

  private static final int INTERRUPTED = 130;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "Show this text.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  private Main() {}

  /**
   * Runs the command and ends the process.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(command().execute(args));
  }

  /** {@return the command, which prints to the standard streams unless it is told otherwise} */
  static CommandLine command() {
    return new CommandLine(new Main())
        .registerConverter(Duration.class, new Times())
        .registerConverter(long.class, Main::processId)
        .setParameterExceptionHandler((wrong, args) -> explainUsage(wrong))
        .setExecutionExceptionHandler((failure, command, args) -> explain(failure, command));
  }

  private static long processId(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "'" + text + "' isn't the number of a process: withal ps lists them");
    }
  }

  private static int explainUsage(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("withal: " + Plain.line(String.valueOf(wrong.getMessage())));
    command.usage(err);
    return CommandLine.ExitCode.USAGE;
  }

  private static int explain(Exception failure, CommandLine command) {
    Terminal terminal = Terminal.of(command);
    if (failure instanceof Refusal refusal) {
      terminal.tell("withal: " + refusal.sentence());
      return CommandLine.ExitCode.SOFTWARE;
    }
    if (failure instanceof InterruptedException || failure instanceof CancellationException) {
      return INTERRUPTED;
    }
    terminal.tell("withal: this is a defect of the command: " + failure);
    failure.printStackTrace(command.getErr());
    return CommandLine.ExitCode.SOFTWARE;
  }
}
