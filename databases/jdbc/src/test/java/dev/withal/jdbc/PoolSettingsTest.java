package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.database.Bounds;
import dev.withal.jdbc.PoolSettings.Validation;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** What a pool can be told, and what of it is told on. */
class PoolSettingsTest {
  private static final Bounds BOUNDS =
      new Bounds(
          Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(3), Duration.ofMillis(4));

  private static final PoolHooks HOOKS = PoolHooks.NONE.onLend(_ -> {});

  @Test
  void settings_areChangedOneByOne() {
    Executor executor = Runnable::run;

    assertThat(
            PoolSettings.ofSize(3)
                .withMaxWaiting(4)
                .withEnterTimeout(Duration.ofSeconds(5))
                .withValidation(Validation.ALWAYS)
                .withMaxTimes(Duration.ofMinutes(6), Duration.ofMinutes(7))
                .on(executor)
                .withBounds(BOUNDS)
                .withReset(PoolSettings.Reset.ALWAYS)
                .withInterruption(PoolSettings.Interruption.LOSES_CONNECTION)
                .withHooks(HOOKS))
        .isEqualTo(
            new PoolSettings(
                3,
                4,
                Duration.ofSeconds(5),
                Validation.ALWAYS,
                Duration.ofMinutes(6),
                Duration.ofMinutes(7),
                executor,
                BOUNDS,
                PoolSettings.Reset.ALWAYS,
                PoolSettings.Interruption.LOSES_CONNECTION,
                HOOKS));
    assertThat(
            Bounds.DEFAULT
                .withConnect(Duration.ofMillis(1))
                .withValidate(Duration.ofMillis(2))
                .withCancel(Duration.ofMillis(3))
                .withExit(Duration.ofMillis(4)))
        .isEqualTo(BOUNDS);
  }

  @Test
  void settings_outOfRange_areRefused() {
    PoolSettings settings = PoolSettings.DEFAULT;
    refused(() -> PoolSettings.ofSize(0), "size must be at least 1, but is 0");
    refused(() -> settings.withMaxWaiting(-1), "maxWaiting must be 0 or more, but is -1");
    refused(
        () -> settings.withEnterTimeout(Duration.ZERO),
        "enterTimeout must be positive, but is PT0S");
    refused(
        () -> settings.withMaxTimes(Duration.ofSeconds(9), Duration.ofHours(1)),
        "maxIdleTime must be at least PT10S here, but is PT9S");
    refused(
        () -> settings.withMaxTimes(Duration.ofSeconds(10), Duration.ofSeconds(29)),
        "maxLifeTime must be at least PT30S here, but is PT29S");
    refused(
        () -> settings.withMaxTimes(Duration.ofSeconds(60), Duration.ofSeconds(60)),
        "maxLifeTime must be at least PT1M1S here, but is PT1M");
    refused(() -> BOUNDS.withConnect(Duration.ZERO), "connect must be positive, but is PT0S");
    refused(() -> BOUNDS.withValidate(Duration.ZERO), "validate must be positive, but is PT0S");
    refused(() -> BOUNDS.withCancel(Duration.ZERO), "cancel must be positive, but is PT0S");
    refused(() -> BOUNDS.withExit(Duration.ZERO), "exit must be positive, but is PT0S");
  }

  @Test
  void dataSource_toString_tellsNothingOfIt() {
    var source = new JdbcDataSource();
    source.setURL("jdbc:h2:mem:secrets;PASSWORD=s3cret");
    source.setUser("ada");
    source.setPassword("s3cret");
    var shown = new NamelessDataSource(source);

    assertThat(shown).hasToString("JdbcDataSource");
    assertThat(Jdbc.pool(source)).hasToString("Jdbc.pool(JdbcDataSource)");
    assertThat(Jdbc.connection(source)).hasToString("Jdbc.connection(JdbcDataSource)");
    assertThat(TransactionOptions.DEFAULT.readOnly())
        .hasToString("TransactionOptions{name=null, isolation=null, READ_ONLY}");
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
