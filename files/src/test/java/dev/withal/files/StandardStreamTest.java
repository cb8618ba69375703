package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Standard input, output and error, of a process of its own. */
class StandardStreamTest {

  @Test
  void streams_ofAProcess_areReadAndWritten() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Echo.class.getName())
            .start();
    try (BufferedReader out = process.inputReader();
        BufferedReader err = process.errorReader()) {
      assertThat(out.readLine()).isEqualTo("cancelled: true");
      try (Writer in = process.outputWriter()) {
        in.write("one\ntwo\n");
      }
      assertThat(out.readAllLines()).containsExactly("ONE", "TWO");
      assertThat(err.readAllLines()).containsExactly("the end");
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Echoes its lines in capitals, after it has given up waiting for one. */
  static final class Echo {
    private Echo() {}

    public static void main(String[] args) throws IOException, InterruptedException {
      AsyncTextFile in = AsyncFiles.standardInput().text(UTF_8);
      AsyncTextFile out = AsyncFiles.standardOutput().text(UTF_8);
      CompletableFuture<String> never = in.readLineAsync();
      never.cancel(true);
      out.writeLine("cancelled: " + failure(never));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.writeLine(line.toUpperCase(Locale.ROOT));
      }
      AsyncFiles.standardError().text(UTF_8).writeLine("the end");
    }

    private static boolean failure(CompletableFuture<?> future) {
      return future.handle((_, failure) -> failure instanceof CancellationException).join();
    }
  }
}
