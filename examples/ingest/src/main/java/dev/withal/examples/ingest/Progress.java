package dev.withal.examples.ingest;

import dev.withal.AsyncContextManager;
import java.io.Console;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;

/** Shows on a terminal how much of a file has been read; shows nothing where there is none. */
final class Progress {
  private static final int WIDTH = 79;

  private Progress() {}

  /**
   * {@return a manager of what is told how many bytes have been read}
   *
   * @param total how many there are; 0 if that isn't known
   */
  static AsyncContextManager<LongConsumer> bar(String name, long total) {
    if (!onTerminal()) {
      return AsyncContextManager.ofValue(_ -> {});
    }
    return AsyncContextManager.generator(yield -> {
      try (ProgressBar bar = draw(name, total)) {
        yield.value(bar::stepTo);
      }
    });
  }

  @SuppressWarnings("SystemConsoleNull") // which it is where there is no terminal
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static ProgressBar draw(String name, long total) {
    return ProgressBar.builder()
        .setTaskName(name)
        .setInitialMax(total == 0 ? -1 : total)
        .setUnit(" MB", 1_000_000)
        .setUpdateIntervalMillis(100)
        // Given a width, the bar doesn't ask the terminal, which would take over the signals.
        .setConsumer(new ConsoleProgressBarConsumer(System.out, WIDTH))
        .build();
  }
}
