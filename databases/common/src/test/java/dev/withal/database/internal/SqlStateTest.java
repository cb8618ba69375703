package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from a SQLSTATE. */
class SqlStateTest {

  /** Whose state is their message. */
  private static final Predicate<Throwable> CONFLICT =
      SqlState.conflict(
          Throwable::getMessage, _ -> 0, error -> error instanceof IllegalStateException);

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01"})
  void conflict_ofTwoTransactions_isOne(String state) {
    assertThat(CONFLICT.test(new Exception(state))).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"40003", "23505", "57P01", ""})
  void conflict_anotherState_isNone(String state) {
    assertThat(CONFLICT.test(new Exception(state))).isFalse();
  }

  @Test
  void conflict_behindOtherErrors_isOne() {
    var error = new Exception("outer", new Exception(null, new Exception("40001")));

    assertThat(CONFLICT.test(error)).isTrue();
  }

  @Test
  void conflict_behindAnErrorAfterACommit_isNone() {
    var error = new Exception("outer", new IllegalStateException("over", new Exception("40001")));

    assertThat(CONFLICT.test(error)).isFalse();
  }

  @Test
  void conflict_causesFormACycle_isNone() {
    var cause = new Exception("cause");
    var error = new Exception("error", cause);
    cause.initCause(error);

    assertThat(CONFLICT.test(error)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"23503", "40001", "40P01", "53100", "57014"})
  void refusal_serverAnsweredWithAnErrorOfItsOwn_isOne(String state) {
    assertThat(SqlState.isRefusal(state)).isTrue();
  }

  /**
   * Of the connection, of the server's own end, of its inside, one that says that it's unknown, and
   * H2's own for a lost connection and a closed database.
   */
  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {"08006", "57P01", "57P02", "57P03", "XX000", "40003", "90067", "90098", "90121"})
  void refusal_commitMayHaveTakenEffect_isNone(String state) {
    assertThat(SqlState.isRefusal(state)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "40001, 1213, MARIADB",
    "HY000, 1020, MARIADB",
    "HY000, 1206, MARIADB",
    "40001, 40001, OTHER",
    "40001, 1205, OTHER"
  })
  void rollback_serverHasUndoneTheTransaction_isOne(String state, int code, SqlDialect dialect) {
    assertThat(SqlState.isRollback(state, code, dialect, "OFF")).isTrue();
  }

  /** MariaDB's driver has the state of any error. */
  @ParameterizedTest
  @CsvSource({"HY000, ON, true", "40001, ON, true", "HY000, OFF, false", "HY000, '', false"})
  void rollback_waitForALockTookTooLong_isOneIfTheServerIsSetSo(
      String state, String onTimeout, boolean isOne) {
    assertThat(SqlState.isRollback(state, 1205, SqlDialect.MARIADB, onTimeout)).isEqualTo(isOne);
  }

  /** Of one statement alone, of a lock wait in MySQL, and one that goes back to a savepoint. */
  @ParameterizedTest
  @CsvSource({
    ", 0, OTHER",
    "23505, 0, OTHER",
    "HY000, 1205, MARIADB",
    "HY000, 1020, OTHER",
    "40001, 1205, MARIADB",
    "40P01, 0, POSTGRESQL"
  })
  void rollback_transactionGoesOn_isNone(@Nullable String state, int code, SqlDialect dialect) {
    assertThat(SqlState.isRollback(state, code, dialect, "OFF")).isFalse();
  }
}
