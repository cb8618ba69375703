package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.jdbc.Storm.Damage;
import dev.withal.jdbc.Storm.Target;
import dev.withal.testkit.LeakCheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Transactions that are asked to end at random moments leave nothing behind. */
@ExtendWith(LeakCheck.class)
class StormTest {

  @Test
  void storm_onAPoolOfTen_leavesAllConnectionsAndNothingHalfWritten() throws Exception {
    assertUnharmed(new Storm(Target.postgresql(), 600, 7).run(), 600);
  }

  @Test
  void storm_onMariadb_leavesAllConnectionsAndNothingHalfWritten() throws Exception {
    Mariadb.assumeThere();
    assertUnharmed(new Storm(Target.mariadb(), 600, 13).run(), 600);
  }

  @Test
  @Tag("stress")
  @Timeout(300)
  void storm_ofTwentyThousand_leavesAllConnectionsAndNothingHalfWritten() throws Exception {
    assertUnharmed(new Storm(Target.postgresql(), 20_000, 11).run(), 20_000);
  }

  private static void assertUnharmed(Damage damage, int transactions) {
    assertThat(damage.failures()).isEmpty();
    assertThat(damage.succeeded() + damage.ended()).isEqualTo(transactions);
    assertThat(damage.succeeded()).isPositive();
    assertThat(damage.ended()).isPositive();
    assertThat(damage.lost()).isZero();
    assertThat(damage.inTransaction()).isZero();
    assertThat(damage.halfWritten()).isZero();
  }
}
