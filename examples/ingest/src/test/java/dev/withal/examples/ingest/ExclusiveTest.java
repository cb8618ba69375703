package dev.withal.examples.ingest;

import static dev.withal.examples.ingest.Contest.LONG;
import static dev.withal.examples.ingest.Contest.SHORT;
import static dev.withal.examples.ingest.Contest.WAITS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.examples.ingest.Contest.Store;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that has the lease, and those that come meanwhile. */
@Timeout(60)
class ExclusiveTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void loads_whileAnotherOneLoads_waitForItOrSkip(Store store) throws Exception {
    try (var contest = Contest.in(folder)) {
      Program first = contest.first(store, LONG);
      try (var pipe = Pipe.to(first, contest.csv)) {
        Program waits = contest.next(store, LONG);
        var skipped = contest.next(store, LONG, "--or-skip").end();

        assertThat(skipped.err())
            .containsExactly(
                "skipped: another process is loading into t, so nothing was loaded here");
        assertThat(skipped.exitCode()).isEqualTo(3);

        waits.awaitLine(WAITS);
        pipe.write(2);
        pipe.close();

        assertThat(first.end().err()).isEmpty();
        var second = waits.end();
        assertThat(second.err()).containsExactly(WAITS);
        assertThat(second.exitCode()).isZero();
        assertThat(contest.loaded()).containsExactly("0", "1", "next");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void load_whoseLeaseIsLost_endsWithOneSentence(Store store) throws Exception {
    try (var contest = Contest.in(folder)) {
      Program program = contest.first(store, SHORT);
      try (var pipe = Pipe.to(program, contest.csv)) {
        pipe.write(Pipe.MANY);

        switch (store) {
          case POSTGRESQL -> contest.database.execute("UPDATE withal_lease SET token = token + 1");
          case ZOOKEEPER -> contest.zooKeeper.stop();
        }

        Contest.assertThatIsLost(program.end());
        assertThat(contest.loaded()).isEmpty();
      }
    }
  }
}
