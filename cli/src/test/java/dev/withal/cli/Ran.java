package dev.withal.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command has left. */
record Ran(int exitCode, String out, String err) {

  static Ran withal(Object... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    var words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = args[i].toString();
    }
    int exitCode =
        Main.command().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(words);
    return new Ran(exitCode, out.toString(), err.toString());
  }

  /** {@return what was printed, without ages, numbers of lines and what lambdas are called} */
  String plain() {
    return out.replaceAll("since [0-9.]+ m?s( … [0-9.]+ m?s)?", "since then")
        .replaceAll("at com\\.acme\\.Holding\\.\\S+", "at a line");
  }
}
