package dev.withal.examples.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes that load into one table of one PostgreSQL, one after the other. */
final class Contest implements AutoCloseable {
  static final String WAITS = "another process is loading into t: waiting for its end";

  /** In seconds: one that passes in a test, and one that doesn't, however busy the machine is. */
  static final int SHORT = 3;

  static final int LONG = 30;

  private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1");

  /** Where the leases are. */
  enum Store {
    /** In the database that is loaded into. */
    POSTGRESQL,
    ZOOKEEPER
  }

  final TestDatabase database;
  final TestZooKeeper zooKeeper;
  final Path csv;
  private final Path folder;
  private final List<Program> programs = new ArrayList<>();

  private Contest(Path folder, Path csv, TestZooKeeper zooKeeper) {
    this.folder = folder;
    this.csv = csv;
    this.zooKeeper = zooKeeper;
    this.database = TestDatabase.Kind.POSTGRESQL.create(folder);
  }

  static Contest in(Path folder) throws Exception {
    var contest = new Contest(folder, Pipe.make(folder.resolve("pipe.csv")), TestZooKeeper.start());
    contest.database.execute("CREATE TABLE \"t\" (\"number\" VARCHAR, \"text\" VARCHAR)");
    Files.writeString(folder.resolve("next.csv"), "number,text\nnext,1\n");
    return contest;
  }

  /** Starts a process that loads from the pipe. */
  Program first(Store store, int timeout) {
    return start(store, timeout, "pipe.csv");
  }

  /** Starts a process that loads one row. */
  Program next(Store store, int timeout, String... options) {
    return start(store, timeout, "next.csv", options);
  }

  private Program start(Store store, int timeout, String file, String... options) {
    String leases =
        switch (store) {
          case POSTGRESQL -> database.url().replaceFirst("^r2dbc:", "");
          case ZOOKEEPER -> zooKeeper.url();
        };
    var arguments = new ArrayList<Object>(List.of(file, "--table", "t", "--db", database.url()));
    arguments.addAll(List.of("--exclusive", leases, "--lease-timeout", timeout));
    arguments.addAll(List.of(options));
    Program program = Program.start(folder, QUICK, arguments.toArray());
    programs.add(program);
    return program;
  }

  /** {@return the first column of the table} */
  List<String> loaded() {
    return database.contents().get("t").stream().skip(1).map(List::getFirst).toList();
  }

  static void assertThatIsLost(Program.Ended ended) {
    assertThat(ended.err())
        .singleElement()
        .asString()
        .startsWith("nothing was loaded: lease ingest/t is lost: ");
    assertThat(ended.exitCode()).isEqualTo(1);
  }

  /** A process that was stopped would stay, if a test fails. */
  @Override
  public void close() throws IOException {
    programs.forEach(Program::kill);
    zooKeeper.close();
  }
}
