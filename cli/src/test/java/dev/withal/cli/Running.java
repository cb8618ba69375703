package dev.withal.cli;

import com.acme.Holding;
import dev.withal.AsyncContextManager;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@link Holding}, or another program, in a process of its own. Closing it ends it. */
final class Running implements AutoCloseable {
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  final Process process;
  private final BufferedReader out;
  private final PrintStream in;

  private Running(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    out = process.inputReader(StandardCharsets.UTF_8);
    in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /** {@return the program with all that this one has} */
  static Running program(String... jvmOptions) throws IOException {
    return java(System.getProperty("java.class.path"), jvmOptions);
  }

  /** {@return the program with core and without Insight} */
  static Running withoutInsight() throws IOException {
    return java(
        source(AsyncContextManager.class) + java.io.File.pathSeparator + source(Holding.class));
  }

  private static Running java(String classPath, String... jvmOptions) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(JAVA, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of(jvmOptions));
    command.addAll(List.of("-cp", classPath, Holding.class.getName()));
    var running = new Running(command);
    running.awaitDone();
    return running;
  }

  static Running command(String... command) throws IOException {
    return new Running(List.of(command));
  }

  private static String source(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  String pid() {
    return Long.toString(process.pid());
  }

  /** Has it do something, and waits until that is done. */
  Running tell(String line) throws IOException {
    in.println(line);
    awaitDone();
    return this;
  }

  private void awaitDone() throws IOException {
    String line = out.readLine();
    while (line != null && !line.equals("done")) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException("the program has ended");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
