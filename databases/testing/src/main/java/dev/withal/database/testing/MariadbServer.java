package dev.withal.database.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real MariaDB on this machine where its server is installed, one for all tests, and another one
 * for those that need it set otherwise; they end with the process.
 *
 * <p>Unlike PostgreSQL's there are no binaries of it on Maven Central, so it is the machine's.
 */
public final class MariadbServer {
  /** A user without a password. */
  public static final String USER = "withal";

  /** Another one, whose sessions are known by that. */
  public static final String OTHER_USER = "storm";

  /** What to say where it isn't there. */
  public static final String MISSING =
      "this machine has no mariadbd: install mariadb-server to run the tests on MariaDB";

  /** A server that starts removes those that it finds, which may be another one's. */
  private static final String FOLDER_OF_TEMPORARY_TABLES = "TMPDIR";

  private MariadbServer() {}

  /** Apart, so that to ask whether it is there starts nothing. */
  private static final class Running {
    static final int PORT = start();
  }

  /** Apart as well: few tests need it. */
  private static final class RollingBack {
    static final int PORT = start("--innodb-rollback-on-timeout=1");
  }

  /** {@return whether this machine has the server} */
  public static boolean isThere() {
    return found("mariadbd").isPresent() && found("mariadb-install-db").isPresent();
  }

  /** {@return the port of the server, with a database {@code test}} */
  public static int port() {
    return Running.PORT;
  }

  /**
   * {@return the port of another one, where a wait for a lock that takes too long rolls back the
   * whole transaction}
   */
  public static int portOfRollbackOnTimeout() {
    return RollingBack.PORT;
  }

  private static Optional<Path> found(String program) {
    String path = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
    return Stream.of(path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int start(String... options) {
    try {
      Path home = Files.createTempDirectory("mariadb");
      String user = "--user=" + System.getProperty("user.name");
      Path data = home.resolve("data");
      var install =
          new ProcessBuilder(
              found("mariadb-install-db").orElseThrow().toString(),
              "--no-defaults",
              user,
              "--datadir=" + data,
              "--auth-root-authentication-method=normal",
              "--skip-test-db");
      install.redirectErrorStream(true).redirectOutput(home.resolve("install.log").toFile());
      install.environment().put(FOLDER_OF_TEMPORARY_TABLES, home.toString());
      if (install.start().waitFor() != 0) {
        throw new IllegalStateException(Files.readString(home.resolve("install.log")));
      }
      Path init =
          Files.writeString(
              home.resolve("init.sql"),
              """
              create database if not exists test;
              create user if not exists '%1$s'@'%%', '%2$s'@'%%';
              grant all on *.* to '%1$s'@'%%', '%2$s'@'%%';
              """
                  .formatted(USER, OTHER_USER));
      int port = free();
      var starting =
          new ProcessBuilder(
                  found("mariadbd").orElseThrow().toString(),
                  "--no-defaults",
                  user,
                  "--datadir=" + data,
                  "--socket=" + home.resolve("socket"),
                  "--pid-file=" + home.resolve("pid"),
                  "--init-file=" + init,
                  "--bind-address=127.0.0.1",
                  "--port=" + port,
                  "--skip-name-resolve",
                  "--skip-log-bin",
                  "--max-connections=500",
                  "--innodb-buffer-pool-size=64M",
                  "--innodb-flush-log-at-trx-commit=2")
              .redirectErrorStream(true);
      starting.command().addAll(List.of(options));
      starting.environment().put(FOLDER_OF_TEMPORARY_TABLES, home.toString());
      Process server = starting.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, home)));
      awaitReady(server);
      return port;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int free() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static void awaitReady(Process server) throws IOException {
    var output =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    var said = new StringBuilder();
    for (String line; (line = output.readLine()) != null; ) {
      said.append(line).append('\n');
      if (line.contains("ready for connections")) {
        // Else its output would fill the pipe, and it would wait.
        Thread.ofVirtual().start(() -> drain(output));
        return;
      }
    }
    throw new IllegalStateException("mariadbd ended: " + said);
  }

  private static void drain(BufferedReader output) {
    try {
      output.transferTo(Writer.nullWriter());
    } catch (IOException ignored) {
      // The server has ended.
    }
  }

  private static void end(Process server, Path home) {
    try {
      server.destroy();
      if (!server.waitFor(10, TimeUnit.SECONDS)) {
        server.destroyForcibly().waitFor();
      }
      try (Stream<Path> files = Files.walk(home)) {
        files.sorted((one, other) -> other.compareTo(one)).forEach(file -> file.toFile().delete());
      }
    } catch (IOException | InterruptedException e) {
      System.err.println("the directory of MariaDB stays: " + home + ": " + e);
    }
  }
}
