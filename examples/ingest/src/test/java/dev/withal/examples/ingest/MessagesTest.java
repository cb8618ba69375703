package dev.withal.examples.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.leases.LeaseLostException;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;

class MessagesTest {

  @Test
  void fileWithoutPermission_isToldInWords() {
    assertThat(Messages.of(new AccessDeniedException("f.csv"))).isEqualTo("f.csv: may not be read");
  }

  @Test
  void databaseError_isCutToItsFirstLine() {
    var error =
        new R2dbcBadGrammarException("Column not found; SQL statement:\nSELECT x [42122-240]");

    assertThat(Messages.of(error)).isEqualTo("Column not found");
  }

  @Test
  void databaseError_withMoreInItsCause_isToldWithIt() {
    var error =
        new R2dbcTransientResourceException(
            "Cannot connect", new RuntimeException(new IOException("refused\nat all")));

    assertThat(Messages.of(error)).isEqualTo("Cannot connect: refused");
  }

  @Test
  void error_thatNobodyExpected_isToldWithItsType() {
    assertThat(Messages.of(new IllegalStateException("odd")))
        .isEqualTo("unexpected: java.lang.IllegalStateException: odd (--verbose shows where)");
  }

  @Test
  void failureOfAnExit_thatFollowsFromALostLease_isNoNews() {
    var lost = new LeaseLostException("lost", null);

    assertThat(Messages.isNews(new LeaseLostException("lost", null), lost)).isFalse();
    assertThat(Messages.isNews(new IllegalStateException("not given back"), lost)).isFalse();
    var closed = new R2dbcNonTransientResourceException("the connection is closed");
    assertThat(Messages.isNews(new LoadException("not inserted", closed), lost)).isFalse();
    assertThat(Messages.isNews(new LoadException("not inserted", closed), closed)).isTrue();
    assertThat(Messages.isNews(new R2dbcBadGrammarException("not dropped"), lost)).isTrue();
    assertThat(Messages.isNews(new IllegalStateException("odd"), new IOException())).isTrue();
  }

  @Test
  void credentials_inAUrl_areHidden() {
    assertThat(Messages.hidden("no r2dbc:x://me:p/w@d@host/db and no //me@other"))
        .isEqualTo("no r2dbc:x://***@host/db and no //***@other");
  }

  @Test
  void credentials_inAnExplanation_areShown() {
    assertThat(Messages.hidden("its form is r2dbc:driver://user:password@host:port/db"))
        .isEqualTo("its form is r2dbc:driver://user:password@host:port/db");
  }
}
