package dev.withal.examples.article;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** What a program prints, line by line. */
final class Printed {

  /** A program's main method. */
  interface Main {
    void run() throws Exception;
  }

  private Printed() {}

  /**
   * Runs a program in this process.
   *
   * @param mark called with each line as soon as it is printed; what it returns counts
   * @return the lines
   */
  static List<String> by(Main main, UnaryOperator<String> mark) throws Exception {
    var lines = new ArrayList<String>();
    PrintStream before = System.out;
    System.setOut(new PrintStream(new Lines(line -> lines.add(mark.apply(line))), true));
    try {
      main.run();
    } finally {
      System.setOut(before);
    }
    return lines;
  }

  private static final class Lines extends ByteArrayOutputStream {
    private final Consumer<String> onLine;

    Lines(Consumer<String> onLine) {
      this.onLine = onLine;
    }

    @Override
    public void flush() {
      String text = toString(System.out.charset());
      if (text.endsWith(System.lineSeparator())) {
        text.lines().forEach(onLine);
        reset();
      }
    }
  }
}
