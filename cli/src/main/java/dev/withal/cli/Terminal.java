package dev.withal.cli;

import dev.withal.timeline.Plain;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;

/**
 * Where a command prints.
 *
 * <p>Design: whatever comes and goes, as progress does, is for a terminal only, so that a pipe gets
 * plain text.
 */
final class Terminal {
  private static final String CLEARED = "\u001b[H\u001b[2J\u001b[3J";
  private static final String LINE_CLEARED = "\r\u001b[2K";

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean isThere;
  private boolean hasProgress;
  private boolean hasPrinted;

  private Terminal(PrintWriter out, PrintWriter err, boolean isThere) {
    this.out = out;
    this.err = err;
    this.isThere = isThere;
  }

  static Terminal of(CommandLine command) {
    return new Terminal(command.getOut(), command.getErr(), isTerminal(System.console()));
  }

  private static boolean isTerminal(@org.jspecify.annotations.Nullable Console console) {
    if (console == null) {
      return false;
    }
    try {
      // Since JDK 22 there is a console without a terminal.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException isOlder) {
      return true;
    }
  }

  /** Prints what was asked for, in lines that end with one. */
  void print(String lines) {
    done();
    out.print(drawable(Plain.lines(lines)));
    out.flush();
    hasPrinted = true;
  }

  /** Prints in place of what was printed before, or behind it in a pipe. */
  void printAgain(String lines) {
    if (isThere) {
      out.print(CLEARED);
    } else if (hasPrinted) {
      out.println();
    }
    print(lines);
  }

  /** Tells something that isn't part of what was asked for. */
  void tell(String line) {
    done();
    err.println(drawable(Plain.line(line)));
    err.flush();
  }

  /** Shows how far something is, in one line, until something is printed; on a terminal only. */
  void progress(String line) {
    if (isThere) {
      err.print(LINE_CLEARED + drawable(line));
      err.flush();
      hasProgress = true;
    }
  }

  private void done() {
    if (hasProgress) {
      hasProgress = false;
      err.print(LINE_CLEARED);
      err.flush();
    }
  }

  /** {@return a text with its lines of trees drawn by signs that the terminal's encoding has} */
  private static String drawable(String text) {
    Charset encoding = Charset.forName(System.getProperty("stdout.encoding", "UTF-8"));
    if (encoding.newEncoder().canEncode("├─│└×…")) {
      return text;
    }
    return text.replace("├─", "|-")
        .replace("└─", "`-")
        .replace('│', '|')
        .replace('×', 'x')
        .replace("…", "...");
  }
}
