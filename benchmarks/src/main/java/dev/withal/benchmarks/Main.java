package dev.withal.benchmarks;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** The commands {@code benchmarks/run} and {@code benchmarks/compare}. */
@Command(
    name = "benchmarks",
    subcommands = {RunCommand.class, CompareCommand.class})
public final class Main {
  private Main() {}

  /**
   * Runs a command and ends the process.
   *
   * @param args the command, and what it takes
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setParameterExceptionHandler(
            (wrong, _) -> complain(wrong.getCommandLine(), wrong.getMessage()))
        .setExecutionExceptionHandler((failure, command, _) ->
            complain(
                command,
                failure instanceof UserException
                    ? failure.getMessage()
                    : "failed by an error of its own: " + failure));
  }

  private static int complain(CommandLine command, @Nullable String message) {
    command.getErr().println("benchmarks/" + command.getCommandName() + ": " + message);
    return ExitCode.USAGE;
  }
}
