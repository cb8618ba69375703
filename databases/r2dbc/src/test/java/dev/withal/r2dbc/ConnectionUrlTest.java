package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a URL or a database is said in one sentence, without the password. */
@ExtendWith(LeakCheck.class)
class ConnectionUrlTest {
  private static final String SHAPE =
      "its form is"
          + " r2dbc:driver:protocol://user:password@host:port/database?option=value, with"
          + " %-encoding for special characters";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          r2dbc:h2:mem:///test                                  | r2dbc:h2:mem:///test
          r2dbc:h2:mem:///test;PASSWORD=s3cret                  | r2dbc:h2:mem:///test
          r2dbc:h2:file:////var/data/test?options=CIPHER=AES    | r2dbc:h2:file:////var/data/test
          r2dbcs:postgresql://me:s3cret@host:5432/test          | r2dbcs:postgresql://host:5432/test
          r2dbc:postgresql://s3cret@host/test                   | r2dbc:postgresql://host/test
          r2dbc:postgresql://me:s3@cret@host/test               | r2dbc:postgresql://host/test
          r2dbc:postgresql://me:s3/cret@host/test               | r2dbc:postgresql://host/test
          r2dbc:postgresql://me:s3?cret@host/test               | r2dbc:postgresql://…
          r2dbc:postgresql://host/test?password=s3@cret         | r2dbc:postgresql://…
          r2dbc:postgresql://host/test?sslPassword=s3cret       | r2dbc:postgresql://host/test
          r2dbc:postgresql://me:s3cret@host/test?sslPassword=x  | r2dbc:postgresql://host/test
          r2dbc:postgresql:me:s3cret@host/test                  | (not shown, as it may hold a password)
          jdbc:postgresql://host/test?password=s3cret           | (not shown, as it may hold a password)
          """)
  void url_shown_isWithoutUserPasswordAndOptions(String url, String shown) {
    assertThat(new ConnectionUrl(url)).hasToString(shown);
  }

  @Test
  void manager_toString_showsTheUrl() {
    assertThat(R2dbc.connection("r2dbc:h2:mem://sa:s3cret@local/test"))
        .hasToString("R2dbc.connection(r2dbc:h2:mem://local/test)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s3cret",
        "jdbc:h2:mem:test;PASSWORD=s3cret",
        "r2dbc:h2",
        "r2dbc://me:s3cret@host/test",
        "r2dbc:postgresql:me:s3cret@host/test"
      })
  void url_withoutDriver_isRefused(String url) {
    assertRefused(
        url, "the connection URL (not shown, as it may hold a password) is malformed: " + SHAPE);
  }

  @Test
  void url_withCharacterThatIsNotEncoded_isRefused() {
    assertRefused(
        "r2dbc:postgresql://me:s3 cret@host/test",
        "the connection URL r2dbc:postgresql://host/test is malformed: " + SHAPE);
  }

  @Test
  void url_withPasswordAmongTheOptions_isRefused() {
    assertRefused(
        "r2dbc:postgresql://host/test?user=me&password=s3cret",
        "the connection URL r2dbc:postgresql://host/test has the option \"user\", which"
            + " belongs elsewhere: "
            + SHAPE);
  }

  @Test
  void url_ofUnknownDriver_isRefused() {
    assertRefused(
        "r2dbc:oracle://me:s3cret@host/test",
        "the connection URL r2dbc:oracle://host/test names the driver \"oracle\", which is not"
            + " present: put its artifact on the class path or module path (drivers present: [h2,"
            + " mariadb, pool, postgresql])");
  }

  @Test
  void url_withoutDatabase_isRefused() {
    assertRefused(
        "r2dbc:h2:mem://me:s3cret@host",
        "the connection URL r2dbc:h2:mem://host names no database: add it, as in"
            + " r2dbc:driver:protocol://host/database");
  }

  @Test
  void url_withoutProtocolThatTheDriverNeeds_isRefused() {
    assertRefused(
        "r2dbc:h2://me:s3cret@host/test",
        "the connection URL r2dbc:h2://host/test is not understood by the driver \"h2\": see its"
            + " documentation for the protocols");
  }

  @Test
  void url_thatItsDriverRefuses_isRefusedWithTheDriversWords() {
    assertRefused(
        "r2dbc:postgresql://me:s3cret@host/test?sslMode=on",
        "the connection URL r2dbc:postgresql://host/test is refused by its driver: Cannot assign"
            + " option sslMode: Invalid ssl mode value: on. Supported values are: [disable, allow,"
            + " prefer, require, verify-ca, verify-full, tunnel]");
  }

  /** H2 quotes its own URL then, with the password. */
  @Test
  void connection_driverQuotesThePassword_isHidden() {
    Throwable thrown = openingFails("r2dbc:h2:file://me:s3cret@local/relative");

    assertThat(thrown)
        .isInstanceOf(R2dbcNonTransientResourceException.class)
        .hasMessage(
            "A file path that is implicitly relative to the current working directory is not"
                + " allowed in the database URL \"jdbc:h2:file:relative;USER=me;PASSWORD=***\"."
                + " Use an absolute path, ~/name, ./name, or the baseDir setting instead."
                + " [90011-240]");
  }

  @Test
  void connection_passwordWithSpecialCharacters_isHidden() {
    Throwable thrown = openingFails("r2dbc:h2:file://me:s3cret%20%22(s3cret@local/relative");

    assertThat(thrown).hasMessageContaining(";PASSWORD=***\". Use");
  }

  @Test
  void connection_wrongPasswordForPostgresql_isDenied() throws Exception {
    R2dbc.connection(Postgres.url())
        .use(connection -> {
          Setting.run(connection, "drop role if exists guest");
          return Setting.run(connection, "create role guest login password 'right'");
        });

    Throwable thrown = openingFails(Postgres.url("guest", "s3cret"));

    assertThat(thrown)
        .isInstanceOf(R2dbcPermissionDeniedException.class)
        .hasMessage("password authentication failed for user \"guest\"");
  }

  @Test
  void connection_wrongPasswordForH2_isDenied(@TempDir Path folder) throws Exception {
    String url = "r2dbc:h2:file://%s@local/" + folder.resolve("test");
    R2dbc.connection(url.formatted("me:right")).use(_ -> null);

    Throwable thrown = openingFails(url.formatted("me:s3cret"));

    assertThat(thrown)
        .isInstanceOf(R2dbcPermissionDeniedException.class)
        .hasMessageContaining("Wrong user name or password");
  }

  @Test
  void connection_postgresqlIsDown_saysWhereNobodyAnswers() {
    String url = Postgres.urlOfNobody();

    Throwable thrown = openingFails(url);

    String port = url.substring(url.lastIndexOf(':') + 1, url.lastIndexOf('/'));
    assertThat(thrown)
        .isInstanceOf(R2dbcNonTransientResourceException.class)
        .hasMessageContaining("Cannot connect to 127.0.0.1")
        .hasMessageContaining(port);
  }

  @Test
  void connection_h2DatabaseIsNotThere_saysWhich(@TempDir Path folder) {
    Throwable thrown =
        openingFails(
            "r2dbc:h2:file://me:s3cret@local/"
                + folder.resolve("absent")
                + "?options=IFEXISTS=TRUE");

    assertThat(thrown)
        .isInstanceOf(R2dbcNonTransientResourceException.class)
        .hasMessageContaining("Database \"" + folder.resolve("absent") + "\" not found");
  }

  private static void assertRefused(String url, String message) {
    assertThatThrownBy(() -> R2dbc.connection(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message)
        .hasNoCause();
  }

  /** {@return why no connection can be opened} Nothing of it shows the password "s3cret". */
  private static Throwable openingFails(String url) {
    Throwable thrown = catchThrowable(() -> R2dbc.connection(url).use(_ -> "unreachable"));
    var printed = new StringWriter();
    thrown.printStackTrace(new PrintWriter(printed));
    assertThat(printed.toString()).doesNotContain("s3cret");
    return thrown;
  }
}
