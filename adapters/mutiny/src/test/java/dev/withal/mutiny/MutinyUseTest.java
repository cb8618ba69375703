package dev.withal.mutiny;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Report;
import dev.withal.adapters.testing.Noted;
import dev.withal.testkit.Gate;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import io.smallrye.mutiny.Context;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Uses as {@code Uni} and {@code Multi}. */
@ExtendWith(LeakCheck.class)
class MutinyUseTest {
  private static final Duration LONG = Duration.ofSeconds(5);

  private static <R> Cancellable subscribe(Journal journal, Uni<R> uni) {
    return uni.subscribe()
        .with(
            item -> journal.add("item " + item),
            error -> journal.add("error " + error.getMessage()));
  }

  private static <R> Cancellable subscribe(Journal journal, Multi<R> multi) {
    return multi
        .subscribe()
        .with(
            item -> journal.add("item " + item),
            error -> journal.add("error " + error.getMessage()),
            () -> journal.add("complete"));
  }

  @Test
  void item_ofTheBody_comesAfterTheExit(Journal journal) {
    subscribe(
        journal, WithalMutiny.uni(Noted.atOnce(journal, "c"), _ -> Uni.createFrom().item("v")));

    assertThat(journal.events()).containsExactly("enter c", "exit c succeeded", "item v");
  }

  @Test
  void null_ofTheBody_isAnItem(Journal journal) {
    subscribe(
        journal, WithalMutiny.uni(Noted.atOnce(journal, "c"), _ -> Uni.createFrom().nullItem()));

    assertThat(journal.events()).containsExactly("enter c", "exit c succeeded", "item null");
  }

  @Test
  void failure_ofTheBody_comesAfterTheExit(Journal journal) {
    subscribe(
        journal,
        WithalMutiny.<String, String>uni(
            Noted.atOnce(journal, "c"),
            _ -> Uni.createFrom().failure(new IllegalStateException("no"))));

    assertThat(journal.events()).containsExactly("enter c", "exit c failed no", "error no");
  }

  @Test
  void null_insteadOfAUni_isRefusedWithWhatToDo(Journal journal) {
    subscribe(
        journal, WithalMutiny.<String, String>uni(AsyncContextManager.ofValue("c"), _ -> null));

    assertThat(journal.events())
        .containsExactly(
            "error the body returned null instead of a Uni: return one that emits as the body ends");
  }

  @Test
  void items_comeWhileTheContextIsOpen(Journal journal) {
    subscribe(
        journal,
        WithalMutiny.multi(Noted.atOnce(journal, "c"), _ -> Multi.createFrom().items(1, 2)));

    assertThat(journal.events())
        .containsExactly("enter c", "item 1", "item 2", "exit c succeeded", "complete");
  }

  @Test
  void select_cancelsInPlace_exitsAndEmitsNoMore(Journal journal) {
    subscribe(
        journal,
        WithalMutiny.multi(Noted.atOnce(journal, "c"), _ -> Multi.createFrom().range(1, 9))
            .select()
            .first(2));

    assertThat(journal.events()).contains("item 2", "exit c cancelled").doesNotContain("item 3");
  }

  @Test
  void cancel_enterIsPending_exitsWhatArrives(Journal journal) {
    var gate = new Gate();
    subscribe(journal, WithalMutiny.uni(gate.manager("c"), _ -> Uni.createFrom().item("v")))
        .cancel();

    gate.go("enter c");
    gate.go("exit c");
    assertThat(gate.held()).isZero();
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void cancel_bodyEmitsAsItIsSubscribedTo_cancelsThePublisherThenExits(Journal journal) {
    var gate = new Gate();
    var use = new AtomicReference<Cancellable>();
    use.set(
        subscribe(
            journal,
            WithalMutiny.uni(
                gate.manager("c"),
                _ ->
                    Multi.createFrom()
                        .range(1, 9)
                        .invoke(i -> {
                          journal.add("work " + i);
                          use.get().cancel();
                        })
                        .collect()
                        .last())));
    gate.go("enter c");

    assertThat(journal.events()).containsExactly("work 1");
    assertThat(gate.waiting()).containsExactly("exit c");
    gate.go("exit c");
  }

  @Test
  void cancel_ofTheOuter_exitsInsideOut(VirtualTime time, Journal journal) {
    var use =
        subscribe(
            journal,
            WithalMutiny.uni(
                Noted.later(journal, "outer", Duration.ZERO, LONG),
                _ ->
                    WithalMutiny.uni(
                            Noted.later(journal, "inner", Duration.ZERO, LONG),
                            _ -> Uni.createFrom().<String>nothing())
                        .map(item -> item)));
    use.cancel();
    time.advance(LONG.multipliedBy(2));

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "enter inner",
            "exit inner cancelled",
            "inner done",
            "exit outer cancelled",
            "outer done");
  }

  @Test
  void select_ofAnInnerMulti_outerWaitsForItsExit(VirtualTime time, Journal journal) {
    subscribe(
        journal,
        WithalMutiny.uni(
            Noted.atOnce(journal, "outer"),
            _ ->
                WithalMutiny.multi(
                        Noted.later(journal, "inner", Duration.ZERO, LONG),
                        _ -> Multi.createFrom().items("a", "b"))
                    .toUni()));
    time.advance(LONG);

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "enter inner",
            "exit inner cancelled",
            "inner done",
            "exit outer succeeded",
            "item a");
  }

  @Test
  void timeout_asAManager_failsAfterTheExit(VirtualTime time, Journal journal) {
    subscribe(
        journal,
        WithalMutiny.multi(
            Async.timeout(LONG).flatMap(_ -> Noted.atOnce(journal, "c")),
            _ -> Multi.createFrom().<String>nothing()));
    time.advance(LONG);

    assertThat(journal.events())
        .containsExactly("enter c", "exit c cancelled", "error timed out after PT5S");
  }

  @Test
  void context_ofTheSubscriber_isSeenByTheBody() {
    Uni<String> use =
        WithalMutiny.uni(
            AsyncContextManager.ofValue("c"),
            _ ->
                Uni.createFrom()
                    .context(
                        context -> Uni.createFrom().item(context.<String>get((Object) "user"))));

    assertThat(use.awaitUsing(Context.of("user", "ada")).indefinitely()).isEqualTo("ada");
  }

  @Test
  void acquire_isNeverCancelled_whatArrivesIsReleased(Journal journal) {
    var emitter = new CompletableFuture<UniEmitter<? super String>>();
    Uni<String> acquire = Uni.createFrom().emitter(e -> emitter.complete(e));
    var manager =
        WithalMutiny.closing(
            acquire, v -> Uni.createFrom().voidItem().invoke(() -> journal.add("released " + v)));
    subscribe(journal, WithalMutiny.uni(manager, v -> Uni.createFrom().item(v))).cancel();
    emitter.join().complete("v");

    assertThat(journal.events()).containsExactly("released v");
  }

  @Test
  void acquire_emitsNull_failsTheEnterWithWhatToDo() {
    var manager =
        WithalMutiny.closing(Uni.createFrom().<String>nullItem(), _ -> Uni.createFrom().voidItem());

    assertThatThrownBy(() -> manager.use(value -> value))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageEndingWith(
            "the Uni emitted null, so there is nothing to use: let it emit a value or fail");
  }

  @Test
  void error_ofAnExitAfterACancellation_isToldToBoth(Journal journal) {
    Infrastructure.setDroppedExceptionHandler(_ -> journal.add("handler"));
    try (var _ = Report.listen(report -> journal.add(report.kind().toString()))) {
      var manager =
          WithalMutiny.closing(
              Uni.createFrom().item("c"),
              _ -> Uni.createFrom().failure(new IllegalStateException("exit")));
      subscribe(journal, WithalMutiny.uni(manager, _ -> Uni.createFrom().nothing())).cancel();
    } finally {
      Infrastructure.resetDroppedExceptionHandler();
    }

    assertThat(journal.events()).containsExactly("LATE_FAILURE", "handler");
  }

  /** L17: nothing is dropped in silence. */
  @Test
  void closeable_cancelledDuringTheExit_isReported(Journal journal) {
    var gate = new Gate();
    try (var _ = Report.listen(report -> journal.add(report.kind() + " of " + report.context()))) {
      AutoCloseable closeable = () -> {};
      var use =
          subscribe(
              journal,
              WithalMutiny.uni(
                  gate.manager("c").named("c"), _ -> Uni.createFrom().item(closeable)));
      gate.go("enter c");
      use.cancel();
      gate.go("exit c");
    }

    assertThat(journal.events()).containsExactly("DROPPED_VALUE of c");
  }
}
