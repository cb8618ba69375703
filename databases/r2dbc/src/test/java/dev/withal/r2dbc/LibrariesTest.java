package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncBody;
import dev.withal.r2dbc.Library.Undone;
import dev.withal.r2dbc.Library.Work;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** What others call a database by has its own transactions on our factories, and none of ours. */
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
            Stream.of(Setting.H2_MEMORY_STAGES, Setting.POSTGRESQL_STAGES)
                .map(setting -> Arguments.of(library, setting)));
  }

  @OfEach
  void transaction_ends_commits(Library library, Setting setting) throws Exception {
    assertThat(
            onAPool(
                setting,
                factory ->
                    library.transaction(
                        setting,
                        factory,
                        (insert, _) -> insert.apply(1).then(Mono.defer(() -> insert.apply(2))))))
        .isNull();
    assertThat(setting.rows()).containsExactly(1, 2);
  }

  @OfEach
  void transaction_fails_isRolledBack(Library library, Setting setting) throws Exception {
    assertThat(onAPool(setting, factory -> library.transaction(setting, factory, insertAndUndo(1))))
        .isInstanceOf(Undone.class);
    assertThat(setting.rows()).isEmpty();
  }

  @OfEach
  void transactionInATransaction_fails_isUndoneAlone(Library library, Setting setting)
      throws Exception {
    assertThat(
            onAPool(
                setting,
                factory ->
                    library.transaction(
                        setting,
                        factory,
                        (insert, nested) ->
                            insert
                                .apply(1)
                                .then(Mono.defer(() -> nested.apply(insertAndUndo(2))))
                                .onErrorComplete(Undone.class)
                                .then(
                                    Mono.defer(
                                        () -> nested.apply((inside, _) -> inside.apply(3)))))))
        .isNull();
    assertThat(setting.rows()).containsExactly(1, 3);
  }

  @OfEach
  void transactionInOneOfOurs_ends_isCommittedWithOurs(Library library, Setting setting)
      throws Exception {
    inOurs(
        setting,
        connection ->
            Setting.insert(connection, 1)
                .thenCompose(_ ->
                    library
                        .transaction(
                            setting,
                            R2dbc.connectionFactory(connection),
                            (insert, nested) ->
                                insert
                                    .apply(2)
                                    .then(Mono.defer(() -> nested.apply(insertAndUndo(3))))
                                    .onErrorComplete(Undone.class))
                        .toFuture())
                .thenCompose(_ -> Setting.insert(connection, 4)));
    assertThat(setting.rows()).containsExactly(1, 2, 4);
  }

  @OfEach
  void transactionInOneOfOurs_fails_isUndoneAlone(Library library, Setting setting)
      throws Exception {
    inOurs(
        setting,
        connection ->
            Setting.insert(connection, 1)
                .thenCompose(_ ->
                    library
                        .transaction(setting, R2dbc.connectionFactory(connection), insertAndUndo(2))
                        .onErrorComplete(Undone.class)
                        .toFuture())
                .thenCompose(_ -> Setting.insert(connection, 3)));
    assertThat(setting.rows()).containsExactly(1, 3);
  }

  @OfEach
  void transactionInOneOfOurs_oursFails_isUndoneAsWell(Library library, Setting setting)
      throws Exception {
    Throwable thrown =
        catchThrowable(() ->
            inOurs(
                setting,
                connection ->
                    library
                        .transaction(
                            setting,
                            R2dbc.connectionFactory(connection),
                            (insert, _) -> insert.apply(1))
                        .toFuture()
                        .thenCompose(_ -> CompletableFuture.failedFuture(new Undone()))));
    assertThat(thrown).isInstanceOf(Undone.class).hasNoSuppressedExceptions();
    assertThat(setting.rows()).isEmpty();
  }

  private static Work insertAndUndo(int id) {
    return (insert, _) -> insert.apply(id).then(Mono.error(Undone::new));
  }

  /** {@return how it failed; null if it didn't} One connection, so that nothing is left behind. */
  private static Throwable onAPool(Setting setting, Function<ConnectionFactory, Mono<Void>> use)
      throws Exception {
    setting.makeTable();
    return R2dbc.pool(setting.factory(), PoolSettings.ofSize(1))
        .use(pool -> {
          CompletableFuture<Void> done = use.apply(pool.connectionFactory()).toFuture();
          Throwable thrown = catchThrowable(() -> Async.await(done));
          // Closing a connection doesn't wait for its return, but the next use does.
          assertThat(pool.connection().<Boolean, Exception>use(Connection::isAutoCommit)).isTrue();
          assertThat(pool.idle()).isEqualTo(1);
          return thrown;
        });
  }

  private static void inOurs(Setting setting, AsyncBody<Connection, Object> body) throws Exception {
    setting.makeTable();
    R2dbc.pool(setting.factory(), PoolSettings.ofSize(1))
        .use(pool -> Async.await(pool.transaction().<Object>useAsync(body)));
  }
}
