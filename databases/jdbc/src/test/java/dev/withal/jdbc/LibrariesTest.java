package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Body;
import dev.withal.jdbc.Library.Undone;
import dev.withal.jdbc.Library.Work;
import dev.withal.testkit.LeakCheck;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What others call a database by has its own transactions on our data sources, and none of ours.
 */
@ExtendWith(LeakCheck.class)
class LibrariesTest {

  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @ParameterizedTest
  @MethodSource("all")
  @interface OfEach {}

  static Stream<Arguments> all() {
    return Stream.of(Library.values())
        .flatMap(library ->
            Stream.of(Setting.H2_DIRECT, Setting.POSTGRESQL_DIRECT)
                .map(setting -> Arguments.of(library, setting)));
  }

  @OfEach
  void transaction_ends_commits(Library library, Setting setting) throws Exception {
    onAPool(
        setting,
        dataSource ->
            library.transaction(
                setting,
                dataSource,
                (insert, _) -> {
                  insert.accept(1);
                  insert.accept(2);
                }));
    assertThat(setting.rows()).containsExactly(1, 2);
  }

  @OfEach
  void transaction_throws_isRolledBack(Library library, Setting setting) throws Exception {
    onAPool(
        setting,
        dataSource ->
            assertThatThrownBy(() -> library.transaction(setting, dataSource, insertAndUndo(1)))
                .isInstanceOf(Undone.class));
    assertThat(setting.rows()).isEmpty();
  }

  @OfEach
  void transactionInATransaction_throws_isUndoneAlone(Library library, Setting setting)
      throws Exception {
    onAPool(
        setting,
        dataSource ->
            library.transaction(
                setting,
                dataSource,
                (insert, nested) -> {
                  insert.accept(1);
                  assertThatThrownBy(() -> nested.run(insertAndUndo(2))).isInstanceOf(Undone.class);
                  nested.run((inside, _) -> inside.accept(3));
                }));
    assertThat(setting.rows()).containsExactly(1, 3);
  }

  @OfEach
  void transactionInOneOfOurs_ends_isCommittedWithOurs(Library library, Setting setting)
      throws Exception {
    inOurs(
        setting,
        connection -> {
          Setting.insert(connection, 1);
          library.transaction(
              setting,
              Jdbc.dataSource(connection),
              (insert, nested) -> {
                insert.accept(2);
                assertThatThrownBy(() -> nested.run(insertAndUndo(3))).isInstanceOf(Undone.class);
              });
          assertThat(setting.rows()).as("what others see before ours ends").isEmpty();
          return Setting.insert(connection, 4);
        });
    assertThat(setting.rows()).containsExactly(1, 2, 4);
  }

  @OfEach
  void transactionInOneOfOurs_throws_isUndoneAlone(Library library, Setting setting)
      throws Exception {
    inOurs(
        setting,
        connection -> {
          Setting.insert(connection, 1);
          DataSource dataSource = Jdbc.dataSource(connection);
          assertThatThrownBy(() -> library.transaction(setting, dataSource, insertAndUndo(2)))
              .isInstanceOf(Undone.class);
          return Setting.insert(connection, 3);
        });
    assertThat(setting.rows()).containsExactly(1, 3);
  }

  @OfEach
  void transactionInOneOfOurs_oursFails_isUndoneAsWell(Library library, Setting setting)
      throws Exception {
    Throwable thrown =
        catchThrowable(() ->
            inOurs(
                setting,
                connection -> {
                  library.transaction(
                      setting, Jdbc.dataSource(connection), (insert, _) -> insert.accept(1));
                  throw new Undone();
                }));
    assertThat(thrown).isInstanceOf(Undone.class).hasNoSuppressedExceptions();
    assertThat(setting.rows()).isEmpty();
  }

  /** PostgreSQL gives up a transaction when a statement fails, up to the savepoint before it. */
  @OfEach
  void transactionInOneOfOurs_statementFails_oursGoesOn(Library library, Setting setting)
      throws Exception {
    inOurs(
        setting,
        connection -> {
          Setting.insert(connection, 1);
          DataSource dataSource = Jdbc.dataSource(connection);
          assertThat(
                  catchThrowable(() ->
                      library.transaction(setting, dataSource, (insert, _) -> insert.accept(1))))
              .rootCause()
              .isInstanceOf(SQLException.class);
          return Setting.insert(connection, 2);
        });
    assertThat(setting.rows()).containsExactly(1, 2);
  }

  private static Work insertAndUndo(int id) {
    return (insert, _) -> {
      insert.accept(id);
      throw new Undone();
    };
  }

  private interface Use {
    void of(DataSource dataSource);
  }

  /** One connection, so that what one transaction leaves behind is in the way of the next. */
  private static void onAPool(Setting setting, Use use) throws Exception {
    setting.makeTable();
    Jdbc.pool(setting.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          use.of(pool.dataSource());
          assertThat(pool.inUse()).isZero();
          assertThat(pool.idle()).isEqualTo(1);
          assertThat(pool.connection().<Boolean, Exception>use(Connection::getAutoCommit)).isTrue();
          return null;
        });
  }

  private static void inOurs(Setting setting, Body<Connection, Integer, Exception> body)
      throws Exception {
    setting.makeTable();
    Jdbc.pool(setting.dataSource(), PoolSettings.ofSize(1))
        .<Integer, Exception>use(pool -> pool.transaction().<Integer, Exception>use(body));
  }
}
