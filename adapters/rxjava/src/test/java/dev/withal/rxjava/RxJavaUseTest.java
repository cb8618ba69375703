package dev.withal.rxjava;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Report;
import dev.withal.adapters.testing.Noted;
import dev.withal.testkit.Gate;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.core.SingleEmitter;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.disposables.SerialDisposable;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Uses as {@code Single}, {@code Maybe} and {@code Flowable}. */
@ExtendWith(LeakCheck.class)
class RxJavaUseTest {
  private static final Duration LONG = Duration.ofSeconds(5);

  private static <R> Disposable subscribe(Journal journal, Maybe<R> maybe) {
    return maybe.subscribe(
        value -> journal.add("value " + value),
        error -> journal.add("error " + error.getMessage()),
        () -> journal.add("complete"));
  }

  private static <R> Disposable subscribe(Journal journal, Flowable<R> flowable) {
    return flowable.subscribe(
        value -> journal.add("next " + value),
        error -> journal.add("error " + error.getMessage()),
        () -> journal.add("complete"));
  }

  @Test
  void value_ofTheBody_comesAfterTheExit(Journal journal) {
    subscribe(
        journal, WithalRxJava.single(Noted.atOnce(journal, "c"), _ -> Single.just("v")).toMaybe());

    assertThat(journal.events()).containsExactly("enter c", "exit c succeeded", "value v");
  }

  @Test
  void empty_body_completesAfterTheExit(Journal journal) {
    subscribe(journal, WithalRxJava.maybe(Noted.atOnce(journal, "c"), _ -> Maybe.empty()));

    assertThat(journal.events()).containsExactly("enter c", "exit c succeeded", "complete");
  }

  @Test
  void error_ofTheBody_comesAfterTheExit(Journal journal) {
    subscribe(
        journal,
        WithalRxJava.maybe(
            Noted.atOnce(journal, "c"), _ -> Maybe.error(new IllegalStateException("no"))));

    assertThat(journal.events()).containsExactly("enter c", "exit c failed no", "error no");
  }

  @Test
  void null_insteadOfASingle_isRefusedWithWhatToDo(Journal journal) {
    subscribe(
        journal,
        WithalRxJava.<String, String>single(AsyncContextManager.ofValue("c"), _ -> null).toMaybe());

    assertThat(journal.events())
        .containsExactly(
            "error the body returned null instead of a Single: return one that ends as the body"
                + " does");
  }

  @Test
  void elements_comeWhileTheContextIsOpen(Journal journal) {
    subscribe(journal, WithalRxJava.flowable(Noted.atOnce(journal, "c"), _ -> Flowable.just(1, 2)));

    assertThat(journal.events())
        .containsExactly("enter c", "next 1", "next 2", "exit c succeeded", "complete");
  }

  @Test
  void dispose_enterIsPending_exitsWhatArrives(Journal journal) {
    var gate = new Gate();
    subscribe(journal, WithalRxJava.maybe(gate.manager("c"), _ -> Maybe.just("v"))).dispose();

    gate.go("enter c");
    gate.go("exit c");
    assertThat(gate.held()).isZero();
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void dispose_bodyEmitsAsItIsSubscribedTo_disposesOfItThenExits(Journal journal) {
    var gate = new Gate();
    var use = new SerialDisposable();
    use.set(
        subscribe(
            journal,
            WithalRxJava.maybe(
                gate.manager("c"),
                _ ->
                    Flowable.range(1, 9)
                        .doOnNext(i -> {
                          journal.add("work " + i);
                          use.dispose();
                        })
                        .lastElement())));
    gate.go("enter c");

    assertThat(journal.events()).containsExactly("work 1");
    assertThat(gate.waiting()).containsExactly("exit c");
    gate.go("exit c");
  }

  @Test
  void dispose_ofTheOuter_exitsInsideOut(VirtualTime time, Journal journal) {
    var use =
        subscribe(
            journal,
            WithalRxJava.maybe(
                Noted.later(journal, "outer", Duration.ZERO, LONG),
                _ ->
                    WithalRxJava.maybe(
                            Noted.later(journal, "inner", Duration.ZERO, LONG),
                            _ -> Maybe.<String>never())
                        .map(value -> value)));
    use.dispose();
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
  void dispose_ofAnInnerThatCameLater_exitsInsideOut(VirtualTime time, Journal journal) {
    var goOn = new CompletableFuture<String>();
    var use =
        subscribe(
            journal,
            WithalRxJava.maybe(
                Noted.later(journal, "outer", Duration.ZERO, LONG),
                _ ->
                    Maybe.fromCompletionStage(goOn)
                        .flatMap(_ ->
                            WithalRxJava.maybe(
                                Noted.later(journal, "inner", Duration.ZERO, LONG),
                                _ -> Maybe.<String>never()))));
    goOn.complete("");
    use.dispose();
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
  void take_ofAnInnerFlowable_outerWaitsForItsExit(VirtualTime time, Journal journal) {
    subscribe(
        journal,
        WithalRxJava.maybe(
            Noted.atOnce(journal, "outer"),
            _ ->
                WithalRxJava.flowable(
                        Noted.later(journal, "inner", Duration.ZERO, LONG),
                        _ -> Flowable.just("a", "b"))
                    .firstElement()));
    time.advance(LONG);

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "enter inner",
            "exit inner cancelled",
            "inner done",
            "exit outer succeeded",
            "value a");
  }

  @Test
  void timeout_asAManager_failsAfterTheExit(VirtualTime time, Journal journal) {
    subscribe(
        journal,
        WithalRxJava.flowable(
            Async.timeout(LONG).flatMap(_ -> Noted.atOnce(journal, "c")), _ -> Flowable.never()));
    time.advance(LONG);

    assertThat(journal.events())
        .containsExactly("enter c", "exit c cancelled", "error timed out after PT5S");
  }

  @Test
  void acquire_isNeverDisposedOf_whatArrivesIsReleased(Journal journal) {
    var emitter = new CompletableFuture<SingleEmitter<String>>();
    Single<String> acquire = Single.create(emitter::complete);
    var manager =
        WithalRxJava.closing(
            acquire, v -> Completable.fromAction(() -> journal.add("released " + v)));
    subscribe(journal, WithalRxJava.maybe(manager, Maybe::just)).dispose();
    emitter.join().onSuccess("v");

    assertThat(journal.events()).containsExactly("released v");
  }

  @Test
  void error_ofAnExitAfterADisposal_isToldToBoth(Journal journal) {
    RxJavaPlugins.setErrorHandler(_ -> journal.add("handler"));
    try (var _ = Report.listen(report -> journal.add(report.kind().toString()))) {
      var manager =
          WithalRxJava.closing(
              Single.just("c"), _ -> Completable.error(new IllegalStateException("exit")));
      subscribe(journal, WithalRxJava.maybe(manager, _ -> Maybe.never())).dispose();
    } finally {
      RxJavaPlugins.setErrorHandler(null);
    }

    assertThat(journal.events()).containsExactly("LATE_FAILURE", "handler");
  }

  /** L17: nothing is dropped in silence. */
  @Test
  void closeable_disposedOfDuringTheExit_isReported(Journal journal) {
    var gate = new Gate();
    try (var _ = Report.listen(report -> journal.add(report.kind() + " of " + report.context()))) {
      AutoCloseable closeable = () -> {};
      var use =
          subscribe(
              journal,
              WithalRxJava.maybe(gate.manager("c").named("c"), _ -> Maybe.just(closeable)));
      gate.go("enter c");
      use.dispose();
      gate.go("exit c");
    }

    assertThat(journal.events()).containsExactly("DROPPED_VALUE of c");
  }
}
