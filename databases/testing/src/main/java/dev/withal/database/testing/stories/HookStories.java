package dev.withal.database.testing.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.Bounds;
import dev.withal.database.ObservablePool;
import dev.withal.database.testing.Warnings;
import dev.withal.database.testing.stories.Plan.Hook;
import dev.withal.database.testing.stories.Plan.Hooks;
import dev.withal.testkit.Journal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What a pool has called with its connections, and what becomes of those with which it fails. */
@SuppressWarnings("NullAway.Init") // JUnit calls begin() first
public abstract class HookStories implements Stories {
  protected static final Bounds SHORT =
      Bounds.DEFAULT
          .withConnect(Duration.ofSeconds(2))
          .withCancel(Duration.ofMillis(200))
          .withExit(Duration.ofMinutes(1));

  protected Journal journal;
  protected Warnings warnings;

  @BeforeEach
  void begin() {
    journal = new Journal();
    warnings = new Warnings();
  }

  @AfterEach
  void end() {
    warnings.close();
  }

  private CompletionStage<String> noted(String event) {
    journal.add(event);
    return CompletableFuture.completedStage(event);
  }

  private static Plan one(Hooks hooks) {
    return Plan.ofSize(1).hooked(hooks);
  }

  private static Hook failing(Exception failure) {
    return _ -> CompletableFuture.failedStage(failure);
  }

  @OnEveryWay
  void hooks_ofTwoUses_areCalledAroundEach(Way way) throws Exception {
    Hooks hooks = new Hooks(_ -> noted("open"), _ -> noted("lend"), _ -> noted("return"));
    way.pool(
        one(hooks),
        pool -> {
          pool.connection("report", _ -> noted("body")).get();
          pool.transaction(Deal.PLAIN, _ -> noted("body")).get();
        });

    assertThat(journal.events())
        .containsExactly("open", "lend", "body", "return", "lend", "body", "return");
    assertThat(warnings.messages()).isEmpty();
  }

  /** It takes with it what the hook had set. */
  @OnPostgres
  void session_isPutBack_isOpenedAgain(Way way) throws Exception {
    Hooks hooks = Hooks.NONE.onOpen(session -> session.run("set lock_timeout = 4711"));
    way.pool(
        one(hooks),
        pool -> {
          pool.connection("touches", session -> session.run("set lock_timeout = 1")).get();

          assertThat(
                  pool.connection(
                          "asks",
                          session ->
                              session.ask(
                                  "select setting::int from pg_settings where name ="
                                      + " 'lock_timeout'"))
                      .get())
              .isEqualTo(4711);
          assertThat(pool.seen().idle()).isEqualTo(1);
        });
  }

  @OnEveryWay
  void onOpen_fails_enterFailsAndTheConnectionIsThrownAway(Way way) throws Exception {
    Exception failure = way.failure("of the hook");
    way.pool(
        one(Hooks.NONE.onOpen(failing(failure))),
        pool -> {
          Throwable thrown =
              catchThrowable(() -> pool.connection("report", _ -> noted("never runs")).get());

          assertThat(thrown)
              .isInstanceOf(way.noConnection())
              .hasMessageStartingWith("report got no connection of ")
              .hasMessageEndingWith(": of the hook")
              .hasRootCause(failure);
          assertNothingIsLeft(pool.seen());
        });
    assertThat(journal.events()).isEmpty();
    assertThat(warnings.messages()).isEmpty();
  }

  /** Another one is taken for a connection that was kept. */
  @OnEveryWay
  void onLend_failsWithAKeptConnection_anotherOneIsLent(Way way) throws Exception {
    Exception failure = way.failure("of the hook");
    var lent = new AtomicInteger();
    Hooks hooks =
        Hooks.NONE
            .onOpen(_ -> noted("open"))
            .onLend(session ->
                (lent.incrementAndGet() == 2 ? failing(failure) : Hook.NOTHING).call(session));
    way.pool(
        one(hooks),
        pool -> {
          pool.connection("first", _ -> noted("body")).get();
          pool.connection("second", _ -> noted("body")).get();
          assertThat(pool.seen().idle()).isEqualTo(1);
        });

    assertThat(journal.events()).containsExactly("open", "body", "open", "body");
    assertThat(warnings.messages())
        .singleElement()
        .asString()
        .endsWith("the hook onLend failed, so the connection is discarded: " + failure);
  }

  @OnEveryWay
  void onReturn_fails_resultIsTheBodysAndTheConnectionIsThrownAway(Way way) throws Exception {
    way.makeTable();
    Exception failure = way.failure("of the hook");
    way.pool(
        one(Hooks.NONE.onReturn(failing(failure))),
        pool -> {
          assertThat(
                  pool.transaction(Deal.PLAIN, session -> session.insert(1).thenApply(_ -> "done"))
                      .get())
              .isEqualTo("done");
          assertNothingIsLeft(pool.seen());
        });

    assertThat(way.rows()).containsExactly(1);
    assertThat(warnings.messages())
        .singleElement()
        .asString()
        .endsWith("the hook onReturn failed, so the connection is discarded: " + failure);
  }

  @OnEveryWay
  void onReturn_leavesATransactionOpen_isRolledBack(Way way) throws Exception {
    way.makeTable();
    Hooks hooks =
        Hooks.NONE.onReturn(session -> session.beginByHand().thenCompose(_ -> session.insert(1)));
    way.pool(
        one(hooks),
        pool -> {
          pool.connection("first", _ -> noted("body")).get();
          boolean autoCommit =
              pool.connection(
                      "second", session -> CompletableFuture.completedStage(session.isAutoCommit()))
                  .get();
          assertThat(autoCommit).isTrue();
        });

    assertThat(way.rows()).isEmpty();
  }

  /** A hook that never ends costs a connection, and no place. */
  @OnPostgres
  void onOpen_neverEnds_placeIsFree(Way way) throws Exception {
    var end = new CompletableFuture<Void>();
    way.pool(
        one(Hooks.NONE.onOpen(_ -> end)).bounded(SHORT),
        pool -> {
          assertThat(catchThrowable(() -> pool.connection("report", _ -> noted("never")).get()))
              .isInstanceOf(way.noConnection());
          assertNothingIsLeft(pool.seen());
        });
    end.complete(null);
    assertThat(journal.events()).isEmpty();
  }

  protected static void assertNothingIsLeft(ObservablePool pool) {
    assertThat(pool.inUse()).isZero();
    assertThat(pool.idle()).isZero();
  }
}
