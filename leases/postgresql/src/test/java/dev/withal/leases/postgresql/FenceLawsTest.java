package dev.withal.leases.postgresql;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The law suite on fenced transactions: connections are held. */
@ExtendWith(LeakCheck.class)
@Tag("stress")
@Timeout(300)
class FenceLawsTest {
  private static final Duration LONG = Duration.ofMinutes(9);

  @Test
  void fencedTransaction_byJdbc_keepsTheLaws() throws Exception {
    Machines.two(LONG)
        .run(two ->
            two.a()
                .leases()
                .lease("laws of fences")
                .run(lease ->
                    ManagerLaws.of(() -> JdbcLeases.fenced(two.b().pool().transaction(), lease))
                        .holding(two.b().pool()::inUse)
                        .concurrently(5)
                        .inRealTime()
                        .check()));
  }

  @Test
  void fencedTransaction_byR2dbc_keepsTheLaws() throws Exception {
    Machines.jdbc(LONG)
        .run(a ->
            a.leases()
                .lease("laws of fences by r2dbc")
                .run(lease ->
                    Machines.r2dbc(LONG)
                        .run(b ->
                            ManagerLaws.of(() -> R2dbcLeases.fenced(b.pool().transaction(), lease))
                                .holding(b.pool()::inUse)
                                .concurrently(5)
                                .inRealTime()
                                .check())));
  }
}
