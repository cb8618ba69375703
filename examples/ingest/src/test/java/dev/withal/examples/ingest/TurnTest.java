package dev.withal.examples.ingest;

import static dev.withal.examples.ingest.TestDatabase.Kind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.examples.ingest.ExclusiveTurns.WhenTaken;
import dev.withal.leases.Lease;
import dev.withal.leases.LeaseLostException;
import dev.withal.leases.postgresql.R2dbcLeases;
import dev.withal.r2dbc.PoolSettings;
import dev.withal.r2dbc.R2dbc;
import io.r2dbc.spi.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The last look before a step that can't be taken back. */
class TurnTest {
  @TempDir Path folder;

  /** A turn that is over at one of the looks at it. */
  private static final class Passing implements Turn {
    private int left;

    Passing(int looks) {
      left = looks;
    }

    @Override
    public boolean isExclusive() {
      return true;
    }

    @Override
    public AsyncContextManager<Connection> transaction(Connection connection) {
      return R2dbc.transaction(connection);
    }

    @Override
    public Verdict requireTurn(ExitCase how) {
      if (how.error() == null && --left == 0) {
        throw new LeaseLostException("over", null);
      }
      return Verdict.PROPAGATE;
    }
  }

  /** H2 commits each batch of a new table, so that its name is the last step there. */
  @ParameterizedTest
  @CsvSource({"H2, 1", "H2, 2", "POSTGRESQL, 1"})
  void turn_thatIsOverBeforeTheLastStep_leavesNoTable(Kind kind, int look) throws IOException {
    TestDatabase database = kind.create(folder);
    Path csv = Files.writeString(folder.resolve("f.csv"), "a\n1\n2\n");
    Turns turns = load -> load.in(new Passing(look));

    assertThatThrownBy(() -> new Ingest(csv, database.url(), "f", 1, turns).load())
        .isInstanceOf(LeaseLostException.class);

    assertThat(database.contents()).isEmpty();
  }

  @Test
  void turn_whoseLeaseCanNotBeGivenBack_hasLoadedAllTheSame() throws Exception {
    TestDatabase database = Kind.POSTGRESQL.create(folder);
    List<String> notices = new ArrayList<>();
    var turns =
        new ExclusiveTurns(
            LeaseStore.at(database.url().replaceFirst("^r2dbc:", "")),
            "t",
            Duration.ofSeconds(Contest.LONG),
            WhenTaken.WAIT,
            notices::add);

    long rows =
        turns.take(_ -> {
          database.execute("DROP TABLE withal_lease");
          return 5;
        });

    assertThat(rows).isEqualTo(5);
    assertThat(notices)
        .containsExactly(
            "and then: lease ingest/t could not be given back to PostgreSQL: it is free once its"
                + " timeout of PT30S is over");
  }

  @Test
  void turn_whoseLeaseIsLost_isOver() throws Exception {
    TestDatabase database = Kind.POSTGRESQL.create(folder);
    R2dbc.pool(database.url(), PoolSettings.ofSize(2))
        .run(pool -> {
          AsyncContext<? extends Lease> lease =
              R2dbcLeases.over(pool, Duration.ofSeconds(Contest.SHORT))
                  .lease("any")
                  .enterAsync()
                  .toCompletableFuture()
                  .join();
          var turn = new LeasedTurn(lease.value(), pool, Duration.ofSeconds(1));
          assertThat(turn.requireTurn(ExitCase.success())).isEqualTo(Verdict.PROPAGATE);

          database.execute("UPDATE withal_lease SET until = '-infinity'");
          CompletableFuture<?> lost = lease.lost().toCompletableFuture();

          assertThat(lost).failsWithin(Duration.ofSeconds(20));
          assertThatThrownBy(() -> turn.requireTurn(ExitCase.success()))
              .isInstanceOf(LeaseLostException.class);
          lease.exitAsync(ExitCase.cancelled(lost.exceptionNow())).toCompletableFuture().join();
        });
  }
}
