package dev.withal.benchmarks;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

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
    System.exit(
        new CommandLine(new Main())
            .setParameterExceptionHandler((wrong, _) -> {
              complain(wrong.getCommandLine(), wrong.getMessage());
              return CommandLine.ExitCode.USAGE;
            })
            .setExecutionExceptionHandler((failure, command, _) -> {
              complain(
                  command,
                  failure instanceof UserException
                      ? failure.getMessage()
                      : "failed by an error of its own: " + failure);
              return CommandLine.ExitCode.USAGE;
            })
            .execute(args));
  }

  private static void complain(CommandLine command, @Nullable String message) {
    command.getErr().println("benchmarks/" + command.getCommandName() + ": " + message);
  }
}
