package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import dev.withal.database.testing.PostgresServer;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A password is told by no error and no name. */
@ExtendWith(LeakCheck.class)
class SecretsTest {
  private static final PoolSettings SHORT =
      PoolSettings.ofSize(1).withEnterTimeout(Duration.ofMillis(250));

  /** A data source that gives no connection, by a URL with a password. */
  enum Failing {
    H2_QUOTES_ITS_URL,
    NO_DRIVER_FOR_THE_URL,
    HIKARICP_QUOTES_THE_URL,
    POSTGRESQL_DENIES,
    POSTGRESQL_IS_DOWN;

    DataSource dataSource() {
      return switch (this) {
        case H2_QUOTES_ITS_URL -> driver("jdbc:h2:relative;USER=me;PASSWORD=s3cret s3cret");
        case NO_DRIVER_FOR_THE_URL -> driver("jdbc:none://me:s3cret@host/a?password=s3cret");
        case HIKARICP_QUOTES_THE_URL -> {
          var hikari = new HikariDataSource();
          hikari.setJdbcUrl("jdbc:none://me:s3cret@host/a?password=s3cret");
          yield hikari;
        }
        case POSTGRESQL_DENIES -> postgresql(PostgresServer.port());
        case POSTGRESQL_IS_DOWN -> postgresql(PostgresServer.portOfNobody());
      };
    }

    private static DataSource postgresql(int port) {
      var postgresql = new PGSimpleDataSource();
      postgresql.setUrl(
          "jdbc:postgresql://localhost:" + port + "/s3cretive?user=nobody&password=s3cret");
      postgresql.setDatabaseName("postgres");
      return postgresql;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          jdbc:postgresql://me:s3cret@host/test            | jdbc:postgresql://***@host/test
          jdbc:postgresql://me:s3@c ret@host/test          | jdbc:postgresql://***@host/test
          jdbc:postgresql://host/a?user=me&password=s3cret | jdbc:postgresql://host/a?user=me&password=***
          jdbc:mysql://host/a?sslPassword=s3cret&x=1       | jdbc:mysql://host/a?sslPassword=***&x=1
          jdbc:oracle:thin:scott/tiger@//host:1521/a       | jdbc:oracle:thin:***@//host:1521/a
          jdbc:h2:a;USER=me;PASSWORD=file user;CIPHER=AES  | jdbc:h2:a;USER=me;PASSWORD=***;CIPHER=AES
          jdbc:sqlserver://host;password={s3 @ret};x=1     | jdbc:sqlserver://host;password=***;x=1
          for url "jdbc:a://me:s3cret@host", ask me@host   | for url "jdbc:a://***@host", ask me@host
          password authentication failed for user "guest"  | password authentication failed for user "guest"
          jdbc:postgresql://host/test                      | jdbc:postgresql://host/test
          """)
  void text_withAPassword_isToldWithoutIt(String text, String told) {
    assertThat(Secrets.hiddenIn(text)).isEqualTo(told);
    assertThat(Secrets.hiddenIn(told)).isEqualTo(told);
  }

  @ParameterizedTest
  @EnumSource
  void enter_fails_tellsNoPassword(Failing failing) {
    DataSource dataSource = failing.dataSource();

    for (Callable<?> use : uses(dataSource)) {
      Throwable thrown = catchThrowable(use::call);

      assertThat(thrown).isInstanceOf(SQLException.class);
      assertThat(Throwables.getStackTrace(thrown)).doesNotContain("s3cret");
    }
  }

  private static List<Callable<?>> uses(DataSource dataSource) {
    List<Callable<?>> withoutPool =
        List.of(
            () -> Jdbc.connection(dataSource).use(_ -> "never runs"),
            () -> Jdbc.transaction(dataSource).use(_ -> "never runs"));
    if (dataSource instanceof HikariDataSource) {
      return withoutPool; // a pool itself, and none is put over it
    }
    return List.of(
        withoutPool.getFirst(),
        withoutPool.getLast(),
        () -> Jdbc.pool(dataSource, SHORT).use(pool -> pool.connection().use(_ -> "never runs")),
        () -> Jdbc.pool(dataSource, SHORT).use(pool -> pool.transaction().use(_ -> "never runs")));
  }

  @Test
  void enter_failsWithAPasswordInACause_copyKeepsAllElse() {
    var cause = new IllegalStateException("no driver for jdbc:none://me:s3cret@host");
    var failure = new SQLException("no connection", "08001", 7, cause);
    failure.addSuppressed(new SQLException("password=s3cret refused"));

    Throwable thrown =
        catchThrowable(() ->
            Jdbc.connection(
                    source(() -> {
                      throw failure;
                    }))
                .use(_ -> "never runs"));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            SQLException.class,
            told -> {
              assertThat(told.getSQLState()).isEqualTo("08001");
              assertThat(told.getErrorCode()).isEqualTo(7);
            })
        .hasMessage("no connection")
        .hasStackTraceContaining("enter_failsWithAPasswordInACause_copyKeepsAllElse");
    assertThat(thrown.getCause())
        .hasMessage("java.lang.IllegalStateException: no driver for jdbc:none://***@host");
    assertThat(thrown.getSuppressed())
        .singleElement()
        .extracting(Throwable::getMessage)
        .isEqualTo("password=*** refused");
  }

  @Test
  void enter_failsWithoutAPassword_errorIsTheDriversOwn() {
    var failure = new SQLTransientConnectionException("server is starting", "57P03");

    Throwable thrown =
        catchThrowable(() ->
            Jdbc.connection(
                    source(() -> {
                      throw failure;
                    }))
                .use(_ -> "never runs"));

    assertThat(thrown).isSameAs(failure);
  }

  @Test
  void statement_thatIsRefused_isToldWithoutWhatFollows() {
    Throwable thrown =
        catchThrowable(() ->
            Jdbc.transaction(Setting.h2("test"))
                .use(connection ->
                    connection
                        .createStatement()
                        .execute("commit; alter user me set password 's3cret'")));

    assertThat(thrown)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("instead of the statement \"commit\"")
        .hasMessageNotContaining("s3cret");
  }

  /** {@return what asks a driver for a connection each time} */
  private static DataSource driver(String url) {
    return source(() -> DriverManager.getConnection(url));
  }

  /** {@return what gives such connections} */
  static DataSource source(Callable<Connection> connections) {
    return (DataSource)
        Proxy.newProxyInstance(
            SecretsTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "getConnection" -> connections.call();
                  case "getLoginTimeout" -> 0;
                  default -> null;
                });
  }
}
