package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.r2dbc.Storm.Damage;
import dev.withal.r2dbc.Storm.Target;
import dev.withal.r2dbc.Storm.Way;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions that are asked to end at random moments leave nothing behind. */
class StormTest {

  @Test
  void storm_onAPoolOfTen_leavesAllConnectionsAndNothingHalfWritten() throws Exception {
    assertUnharmed(new Storm(Target.postgresql(), Way.WITHAL, 600, 7).run(), 600);
  }

  @Test
  void storm_onMariadb_leavesAllConnectionsAndNothingHalfWritten() throws Exception {
    Mariadb.assumeThere();
    assertUnharmed(new Storm(Target.mariadb(), Way.WITHAL, 600, 13).run(), 600);
  }

  @Test
  @Tag("stress")
  @Timeout(300)
  void storm_ofTwentyThousand_leavesAllConnectionsAndNothingHalfWritten() throws Exception {
    assertUnharmed(new Storm(Target.postgresql(), Way.WITHAL, 20_000, 11).run(), 20_000);
  }

  /** Writes the table of the documentation to target/storm.md. */
  @Test
  @Tag("stress")
  @Timeout(600)
  void storm_besideOthers_isTold() throws Exception {
    var lines = new ArrayList<String>();
    lines.add(
        "| written with | committed | ended as asked | failed | connections lost | sessions in"
            + " transaction | half written |");
    lines.add("| --- | --- | --- | --- | --- | --- | --- |");
    Damage withal = new Storm(Target.postgresql(), Way.WITHAL, 20_000, 1).run();
    lines.add(withal.row("`Pool.transaction()`"));
    lines.add(
        new Storm(Target.postgresql(), Way.USING_WHEN, 20_000, 1)
            .run()
            .row("`Mono.usingWhen`, nested"));
    lines.add(new Storm(Target.postgresql(), Way.BY_HAND, 20_000, 1).run().row("a chain by hand"));
    Files.write(Path.of("target", "storm.md"), lines);

    assertUnharmed(withal, 20_000);
  }

  private static void assertUnharmed(Damage damage, int transactions) {
    assertThat(damage.failed()).isZero();
    assertThat(damage.succeeded() + damage.ended()).isEqualTo(transactions);
    assertThat(damage.succeeded()).isPositive();
    assertThat(damage.ended()).isPositive();
    assertThat(damage.lost()).isZero();
    assertThat(damage.inTransaction()).isZero();
    assertThat(damage.halfWritten()).isZero();
  }
}
