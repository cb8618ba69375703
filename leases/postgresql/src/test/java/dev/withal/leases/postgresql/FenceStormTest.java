package dev.withal.leases.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import java.time.Duration;
import java.time.Instant;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.JdbcTemplate;

/** G3 in a storm of holders that stall. */
class FenceStormTest {
  /** Rounds of each holder, enough for a thousand stalls. */
  private static final int MANY = 400;

  private static final Storm.Guard LEASE =
      (machine, attempt) ->
          machine
              .leases()
              .lease("storm")
              .<Exception>run(lease -> attempt.make(lease.token(), machine.pool().transaction()));

  private static final Storm.Guard FENCE =
      (machine, attempt) ->
          machine
              .leases()
              .lease("storm")
              .<Exception>run(lease ->
                  attempt.make(
                      lease.token(), JdbcLeases.fenced(machine.pool().transaction(), lease)));

  @Test
  @Timeout(600)
  void fenced_holdersStall_noUpdateIsLost() throws Exception {
    var storm = new Storm();
    storm.run(FENCE, 4);

    assertThat(storm.lost("fenced")).isZero();
    assertThat(storm.isInTheOrderOfTokens()).isTrue();
  }

  /** Without the fence, the same storm loses updates; so it would be seen. */
  @Test
  @Timeout(600)
  void leaseAlone_holdersStall_updatesAreLost() throws Exception {
    var storm = new Storm();
    storm.run(LEASE, 4);

    assertThat(storm.lost("lease alone")).isPositive();
  }

  @Test
  @Tag("stress")
  @Timeout(1200)
  void fenced_thousandStalls_noUpdateIsLost() throws Exception {
    var storm = new Storm();
    storm.run(FENCE, MANY);

    assertThat(storm.lost("fenced, long")).isZero();
    assertThat(storm.isInTheOrderOfTokens()).isTrue();
    assertThat(storm.stalls()).isGreaterThanOrEqualTo(1000);
  }

  /** What the fence is measured by. */
  @Test
  @Tag("stress")
  @Timeout(1200)
  void leaseAlone_thousandStalls_updatesAreLost() throws Exception {
    var storm = new Storm();
    storm.run(LEASE, MANY);

    assertThat(storm.lost("lease alone, long")).isPositive();
    assertThat(storm.stalls()).isGreaterThanOrEqualTo(1000);
  }

  /** The same with what others use: a holder isn't told that its lock is over. */
  @Test
  @Tag("stress")
  @Timeout(1200)
  void shedLock_thousandStalls_updatesAreLost() throws Exception {
    Machines.execute(
        """
        CREATE TABLE IF NOT EXISTS shedlock (
          name varchar(64) PRIMARY KEY, lock_until timestamp NOT NULL,
          locked_at timestamp NOT NULL, locked_by varchar(255) NOT NULL)\
        """);
    var storm = new Storm();
    storm.run(FenceStormTest::holdByShedLock, MANY);

    assertThat(storm.lost("ShedLock, long")).isPositive();
    assertThat(storm.stalls()).isGreaterThanOrEqualTo(1000);
  }

  /** It skips a task whose lock isn't free, so this asks again as often as a lease does. */
  private static void holdByShedLock(Storm.Machine machine, Storm.Attempt attempt)
      throws Exception {
    var locks =
        new DefaultLockingTaskExecutor(
            new JdbcTemplateLockProvider(
                JdbcTemplateLockProvider.Configuration.builder()
                    .withJdbcTemplate(new JdbcTemplate(machine.pool().dataSource()))
                    .usingDbTime()
                    .build()));
    while (!executeOnce(locks, attempt, machine)) {
      Async.sleep(Duration.ofMillis(60));
    }
  }

  private static boolean executeOnce(
      LockingTaskExecutor locks, Storm.Attempt attempt, Storm.Machine machine) throws Exception {
    try {
      return locks
          .executeWithLock(
              () -> {
                attempt.make(0, machine.pool().transaction());
                return true;
              },
              new LockConfiguration(Instant.now(), "storm", Storm.TIMEOUT, Duration.ZERO))
          .wasExecuted();
    } catch (Exception | Error failure) {
      throw failure;
    } catch (Throwable never) {
      throw new AssertionError(never);
    }
  }
}
