package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.Warnings;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection that nobody else may have is closed, whatever its driver fails with. */
@ExtendWith(LeakCheck.class)
class DiscardTest {
  private final SQLException unsupported = new SQLFeatureNotSupportedException("abort");
  private final RuntimeException bug = new IllegalStateException("a bug of the driver");
  private final ConcurrentLinkedQueue<FailingConnection> opened = new ConcurrentLinkedQueue<>();
  private final DataSource source = SecretsTest.source(this::open);
  private FailingConnection driver;

  @BeforeEach
  void connect() throws Exception {
    open();
    driver = opened.remove();
  }

  private Connection open() throws SQLException {
    var made = new FailingConnection(Setting.h2("test").getConnection());
    opened.add(made);
    return made.proxy();
  }

  @Test
  void discard_abortIsNotSupported_closes() throws Exception {
    driver.fail("abort", unsupported);

    assertThat(catchThrowable(() -> new Physical(driver.proxy()).discard(Duration.ofSeconds(1))))
        .isSameAs(unsupported);

    assertThat(driver.calls()).containsExactly("abort", "close");
    assertThat(driver.target().isClosed()).isTrue();
  }

  @Test
  void abort_isNotSupported_closes() throws Exception {
    driver.fail("abort", unsupported);

    new Physical(driver.proxy()).abort();

    while (!driver.target().isClosed()) {
      Async.sleep(Duration.ofMillis(5));
    }
    assertThat(driver.calls()).containsExactly("abort", "close");
  }

  @Test
  void abort_closingFailsAsWell_isReported() throws Exception {
    driver.fail("abort", unsupported);
    driver.fail("close", bug);

    try (var warnings = new Warnings()) {
      new Physical(driver.proxy()).abort();

      while (warnings.messages().isEmpty()) {
        Async.sleep(Duration.ofMillis(5));
      }
      assertThat(warnings.messages())
          .containsExactly("a connection could be neither aborted nor closed: " + bug);
    }
    assertThat(bug.getSuppressed()).containsExactly(unsupported);
  }

  @Test
  void enter_checkOfAKeptConnectionFailsWithAnything_lendsAnotherOne() throws Exception {
    assertThat(failureOfTheSecondUse("isValid")).isNull();
  }

  @Test
  void exit_askingWhetherItIsClosedFailsWithAnything_connectionIsNotLentAgain() throws Exception {
    assertThat(failureOfTheSecondUse("isClosed")).isSameAs(bug);
  }

  private Throwable failureOfTheSecondUse(String failing) throws Exception {
    PoolSettings settings = PoolSettings.ofSize(1).withValidation(PoolSettings.Validation.ALWAYS);
    return Jdbc.pool(source, settings)
        .use(pool -> {
          pool.connection().run(_ -> {});
          FailingConnection first = opened.remove();
          first.fail(failing, bug);

          Throwable failure = catchThrowable(() -> pool.connection().run(_ -> {}));

          assertThat(
                  pool.connection()
                      .<Long, Exception>use(inside -> Setting.ask(inside, "select 42")))
              .isEqualTo(42);
          assertThat(opened).hasSize(1);
          while (!first.target().isClosed()) {
            Async.sleep(Duration.ofMillis(5));
          }
          return failure;
        });
  }
}
