package dev.withal.benchmarks;

import java.io.Console;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;

/** Shows on a terminal how far a run is; where there is none, says only how much there is to do. */
interface Progress extends AutoCloseable {
  int WIDTH = 119;

  /** Another one begins. */
  void next(String name);

  @Override
  void close();

  static Progress of(int total) {
    if (!onTerminal()) {
      System.err.println("measuring, in " + total + " processes…");
      return new Silent();
    }
    return new Bar(
        ProgressBar.builder()
            .setTaskName("measuring")
            .setInitialMax(total)
            // Given a width, the bar doesn't ask the terminal, which would take over the signals.
            .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
            .build());
  }

  @SuppressWarnings("SystemConsoleNull") // which it is where there is no terminal
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Draws. */
  record Bar(ProgressBar bar) implements Progress {
    @Override
    public void next(String name) {
      bar.step();
      bar.setExtraMessage(name);
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  /** Prints nothing. */
  record Silent() implements Progress {
    @Override
    public void next(String name) {}

    @Override
    public void close() {}
  }
}
