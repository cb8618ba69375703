package dev.withal.examples.ingest;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The program, in a process of its own. */
final class Program {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private static final long LOOKS_AFTER_NANOS = 10_000_000;

  private final Process process;
  private final Path out;
  private final Path err;

  /**
   * What is left of a run.
   *
   * @param exitCode its exit code
   * @param out what it printed on standard output
   * @param err what it printed on standard error
   */
  record Ended(int exitCode, List<String> out, List<String> err) {}

  private Program(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Runs the program in a folder, quick to start, to its end. */
  static Ended run(Path folder, Object... arguments) {
    return start(folder, List.of("-XX:TieredStopAtLevel=1"), arguments).end();
  }

  /** Starts the program in a folder, with options for the JVM. */
  static Program start(Path folder, List<String> jvmOptions, Object... arguments) {
    var command = new ArrayList<>(startedByTerminal());
    command.add(JAVA.toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            // On a busy machine, an event loop may have to wait for a processor for 100 ms.
            "-Ddev.withal.eventLoopLimit=PT10S",
            "-Dwithal.home=" + folder,
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    try {
      Path out = Files.createTempFile(folder, "out", "");
      Path err = Files.createTempFile(folder, "err", "");
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      return new Program(process, out, err);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** A build that runs in the background ignores SIGINT, and what it starts inherits that. */
  private static List<String> startedByTerminal() {
    try {
      var env = List.of("env", "--default-signal=INT");
      var check = new ArrayList<>(env);
      check.add("true");
      return new ProcessBuilder(check).start().waitFor() == 0 ? env : List.of();
    } catch (IOException _) {
      return List.of();
    } catch (InterruptedException error) {
      throw new IllegalStateException(error);
    }
  }

  /** Sends a signal, for example INT. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Waits until the program has a thread of this name, or has ended. Linux shows 15 characters. */
  void awaitThread(String name) throws IOException {
    Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
    while (process.isAlive()) {
      try (var all = Files.newDirectoryStream(threads)) {
        for (Path thread : all) {
          if (isNamed(thread, name)) {
            return;
          }
        }
      } catch (NoSuchFileException | DirectoryIteratorException endedMeanwhile) {
        Thread.onSpinWait();
      }
    }
  }

  /** Waits until the program has printed a line on standard error, or has ended. */
  void awaitLine(String line) throws IOException {
    while (process.isAlive() && !Files.readAllLines(err).contains(line)) {
      LockSupport.parkNanos(LOOKS_AFTER_NANOS);
    }
  }

  private static boolean isNamed(Path thread, String name) {
    try {
      String shown = Files.readString(thread.resolve("comm")).strip();
      return !shown.isEmpty() && name.startsWith(shown);
    } catch (IOException endedMeanwhile) {
      return false;
    }
  }

  void onEnd(Runnable action) {
    process.onExit().thenRun(action);
  }

  /** {@return whether the program ends within some seconds} It is killed if it doesn't. */
  boolean endsWithin(int seconds) throws InterruptedException {
    boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    return ended;
  }

  void kill() {
    process.destroyForcibly();
  }

  /** Waits for the end. */
  Ended end() {
    try {
      return new Ended(process.waitFor(), Files.readAllLines(out), Files.readAllLines(err));
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    } catch (InterruptedException error) {
      process.destroyForcibly();
      throw new IllegalStateException(error);
    }
  }
}
