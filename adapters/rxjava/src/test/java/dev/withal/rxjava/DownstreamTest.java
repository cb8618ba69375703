package dev.withal.rxjava;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.adapters.testing.Noted;
import dev.withal.testkit.Gate;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.disposables.SerialDisposable;
import io.reactivex.rxjava3.processors.PublishProcessor;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Code that a use signals to is outside of its body, even while the body subscribes. */
@ExtendWith(LeakCheck.class)
class DownstreamTest {

  private static Flowable<String> two(AsyncContextManager<String> manager) {
    return WithalRxJava.flowable(manager, _ -> Flowable.just("a", "b"));
  }

  private static void subscribe(Journal journal, Flowable<?> flowable) {
    flowable.subscribe(
        value -> journal.add("next " + value),
        error -> journal.add("error " + error.getMessage()),
        () -> journal.add("complete"));
  }

  @Test
  void take_ofElementsThatComeAtOnce_exits(Journal journal) {
    subscribe(journal, two(Noted.atOnce(journal, "c")).take(1));

    assertThat(journal.events())
        .containsExactly("enter c", "next a", "complete", "exit c cancelled");
  }

  @Test
  void first_ofElementsThatComeAtOnce_exits(Journal journal) {
    subscribe(journal, two(Noted.atOnce(journal, "c")).firstElement().toFlowable());

    assertThat(journal.events())
        .containsExactly("enter c", "next a", "complete", "exit c cancelled");
  }

  @Test
  void take_enterIsPending_exits(Journal journal) {
    var gate = new Gate();
    subscribe(journal, two(gate.manager("c")).take(1));
    gate.go("enter c");

    assertThat(journal.events()).containsExactly("next a", "complete");
    assertThat(gate.waiting()).containsExactly("exit c");
    gate.go("exit c");
  }

  @Test
  void take_insideAnotherBody_exitsInsideOut(Journal journal) {
    var gate = new Gate();
    subscribe(
        journal,
        WithalRxJava.flowable(gate.manager("outer"), _ -> two(gate.manager("inner")).take(1)));
    gate.go("enter outer");
    gate.go("enter inner");

    assertThat(journal.events()).containsExactly("next a");
    assertThat(gate.waiting()).containsExactly("exit inner");
    gate.go("exit inner");
    assertThat(gate.waiting()).containsExactly("exit outer");
    gate.go("exit outer");
    assertThat(journal.events()).containsExactly("next a", "complete");
  }

  @Test
  void concat_ofAUseDownstream_isOnItsOwn(Journal journal) {
    var places = new Semaphore(1);
    var waiting = new Gate();
    AsyncContextManager<String> place =
        AsyncContextManager.closing(
            () ->
                places.tryAcquire()
                    ? completedFuture("place")
                    : waiting.step("place").thenApply(_ -> "place"),
            _ -> {
              if (!waiting.waiting().isEmpty()) {
                waiting.go("place");
              } else {
                places.release();
              }
              return completedFuture(null);
            });
    subscribe(
        journal,
        WithalRxJava.flowable(place, _ -> Flowable.just(1))
            .concatMapSingle(x -> WithalRxJava.single(place, _ -> Single.just(x + 1))));

    assertThat(journal.events()).containsExactly("next 2", "complete");
    assertThat(places.availablePermits()).isEqualTo(1);
  }

  @Test
  void take_ofAUseDownstream_exitsBoth(Journal journal) {
    subscribe(
        journal,
        two(Noted.atOnce(journal, "up"))
            .concatMap(_ -> two(Noted.atOnce(journal, "down")))
            .take(1));

    assertThat(journal.events())
        .containsExactly(
            "enter up",
            "enter down",
            "next a",
            "complete",
            "exit down cancelled",
            "exit up cancelled");
  }

  @Test
  void concat_insideAnotherBody_isInsideThat(Journal journal) {
    var gate = new Gate();
    var use =
        WithalRxJava.flowable(
                gate.manager("outer"),
                _ ->
                    two(Noted.atOnce(journal, "first"))
                        .concatMapMaybe(
                            _ -> WithalRxJava.maybe(gate.manager("second"), _ -> Maybe.never())))
            .subscribe();
    gate.go("enter outer");
    gate.go("enter second");
    use.dispose();

    assertThat(gate.waiting()).containsExactly("exit second");
    gate.go("exit second");
    assertThat(gate.waiting()).containsExactly("exit outer");
    gate.go("exit outer");
  }

  @Test
  void body_disposesOfTheUseAroundIt_exitsInsideOut() {
    var gate = new Gate();
    var all = new SerialDisposable();
    all.set(
        WithalRxJava.maybe(
                gate.manager("outer"),
                _ ->
                    WithalRxJava.maybe(
                        gate.manager("inner"),
                        _ -> {
                          all.dispose();
                          return Maybe.never();
                        }))
            .subscribe());
    gate.go("enter outer");
    gate.go("enter inner");

    assertThat(gate.waiting()).containsExactly("exit inner");
    gate.go("exit inner");
    assertThat(gate.waiting()).containsExactly("exit outer");
    gate.go("exit outer");
  }

  @Test
  void request_subscribesToAUse_isInsideTheBody() {
    var gate = new Gate();
    var stop = PublishProcessor.<String>create();
    var subscriber =
        WithalRxJava.flowable(
                gate.manager("outer"),
                _ ->
                    Flowable.just(Maybe.just("v"), never(gate))
                        .concatMapMaybe(next -> next)
                        .takeUntil(stop))
            .test(0);
    gate.go("enter outer");
    subscriber.request(1);
    gate.go("enter inner");
    stop.onNext("");

    subscriber.assertValuesOnly("v");
    assertThat(gate.waiting()).containsExactly("exit inner");
    gate.go("exit inner");
    assertThat(gate.waiting()).containsExactly("exit outer");
    gate.go("exit outer");
    subscriber.assertResult("v");
  }

  private static Maybe<String> never(Gate gate) {
    return WithalRxJava.maybe(gate.manager("inner"), _ -> Maybe.never());
  }
}
