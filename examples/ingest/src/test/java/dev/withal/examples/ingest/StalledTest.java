package dev.withal.examples.ingest;

import static dev.withal.examples.ingest.Contest.SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.examples.ingest.Contest.Store;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that has the lease, and is killed or stopped in the middle of its load. */
@Timeout(60)
class StalledTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void load_thatIsKilled_isRolledBackAndTheNextOneLoads(Store store) throws Exception {
    try (var contest = Contest.in(folder)) {
      Program first = contest.first(store, SHORT);
      try (var pipe = Pipe.to(first, contest.csv)) {
        Program second = contest.next(store, SHORT);
        pipe.write(Pipe.MANY);

        first.signal("KILL");

        assertThat(second.end().exitCode()).isZero();
        assertThat(first.end().exitCode()).isEqualTo(128 + 9);
        assertThat(contest.loaded()).containsExactly("next");
      }
    }
  }

  /** H2 commits a new table as it is created, and each batch in it. */
  @Test
  void load_thatIsKilled_inANewTableOfH2_leavesNothingToTheNextOne() throws Exception {
    TestDatabase database = TestDatabase.Kind.H2.create(folder);
    database.execute("CREATE TABLE \"pipe (loading dock)\" (\"a\" VARCHAR)");
    try (var contest = Contest.in(folder)) {
      Program first = Program.start(folder, List.of(), "pipe.csv", "--db", database.url());
      try (var pipe = Pipe.to(first, contest.csv)) {
        pipe.write(Pipe.MANY);
        first.signal("KILL");
        first.end();
      }

      var second =
          Program.run(
              folder,
              "next.csv",
              "--table",
              "pipe",
              "--db",
              database.url(),
              "--exclusive",
              contest.zooKeeper.url());

      assertThat(second.err()).isEmpty();
      assertThat(database.contents())
          .isEqualTo(
              Map.of(
                  "pipe", List.of(List.of("number", "text"), List.of("next", "1")),
                  "pipe (loading dock)", List.of(List.of("a"))));
    }
  }

  @Test
  void load_thatIsStopped_whereItIsFenced_endsBeforeTheNextOneBegins() throws Exception {
    try (var contest = Contest.in(folder)) {
      Program first = contest.first(Store.POSTGRESQL, SHORT);
      try (var pipe = Pipe.to(first, contest.csv)) {
        Program second = contest.next(Store.POSTGRESQL, SHORT);
        pipe.write(Pipe.MANY);
        String session =
            contest.database.awaitAnswer(
                "SELECT pid FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND state = 'idle in transaction'");

        first.signal("STOP");

        contest.database.awaitAnswer("SELECT 1 FROM withal_lease WHERE token = 2");

        assertThat(
                contest.database.awaitAnswer(
                    "SELECT count(*) FROM pg_stat_activity WHERE pid = " + session))
            .isEqualTo("0");
        assertThat(second.end().exitCode()).isZero();
        first.signal("CONT");
        pipe.close();
        Contest.assertThatIsLost(first.end());
        assertThat(contest.loaded()).containsExactly("next");
      }
    }
  }

  @Test
  void load_thatIsStopped_elsewhere_isRolledBackOnceItGoesOn() throws Exception {
    try (var contest = Contest.in(folder)) {
      Program first = contest.first(Store.ZOOKEEPER, SHORT);
      try (var pipe = Pipe.to(first, contest.csv)) {
        Program second = contest.next(Store.ZOOKEEPER, SHORT);
        pipe.write(Pipe.MANY);
        first.signal("STOP");
        assertThat(second.end().exitCode()).isZero();

        first.signal("CONT");

        pipe.close();
        Contest.assertThatIsLost(first.end());
        assertThat(contest.loaded()).containsExactly("next");
      }
    }
  }
}
