package dev.withal.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import dev.withal.adapters.testing.Noted;
import dev.withal.testkit.Gate;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

/** A use as a {@code Mono}. */
@ExtendWith(LeakCheck.class)
class MonoUseTest {

  private static Mono<String> noted(Journal journal, Mono<String> body) {
    return WithalReactor.mono(Noted.atOnce(journal, "c"), _ -> body);
  }

  @Test
  void value_ofTheBody_comesAfterTheExit(Journal journal) {
    noted(journal, Mono.just("v")).subscribe(new Recording<>(journal, 1));

    assertThat(journal.events())
        .containsExactly("enter c", "exit c succeeded", "next v", "complete");
  }

  @Test
  void empty_body_completesAfterTheExit(Journal journal) {
    noted(journal, Mono.empty()).subscribe(new Recording<>(journal, 1));

    assertThat(journal.events()).containsExactly("enter c", "exit c succeeded", "complete");
  }

  @Test
  void error_ofTheBody_comesAfterTheExit(Journal journal) {
    noted(journal, Mono.error(new IllegalStateException("no")))
        .subscribe(new Recording<>(journal, 1));

    assertThat(journal.events()).containsExactly("enter c", "exit c failed no", "error no");
  }

  @Test
  void error_thatTheBodyFunctionThrows_isTheBodys(Journal journal) {
    WithalReactor.<String, String>mono(
            Noted.atOnce(journal, "c"),
            _ -> {
              throw new IllegalStateException("no");
            })
        .subscribe(new Recording<>(journal, 1));

    assertThat(journal.events()).containsExactly("enter c", "exit c failed no", "error no");
  }

  @Test
  void error_suppressedByTheExit_completesEmpty(Journal journal) {
    var suppressing =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("c"), (_, _) -> Verdict.SUPPRESS.now());

    WithalReactor.<String, String>mono(suppressing, _ -> Mono.error(new IllegalStateException()))
        .subscribe(new Recording<>(journal, 1));

    assertThat(journal.events()).containsExactly("complete");
  }

  @Test
  void null_insteadOfAPublisher_isRefusedWithWhatToDo(Journal journal) {
    WithalReactor.<String, String>mono(Noted.atOnce(journal, "c"), _ -> null)
        .subscribe(new Recording<>(journal, 1));

    assertThat(journal.events())
        .last()
        .asString()
        .isEqualTo(
            "error the body returned null instead of a publisher: return one that completes as the"
                + " body ends");
  }

  @Test
  void value_isNotRequested_waitsAfterTheExit(Journal journal) {
    var subscriber = new Recording<String>(journal, 0);
    noted(journal, Mono.just("v")).subscribe(subscriber);
    journal.add("request");
    subscriber.request(1);

    assertThat(journal.events())
        .containsExactly("enter c", "exit c succeeded", "request", "next v", "complete");
  }

  @Test
  void value_isRequestedTwice_comesOnce(Journal journal) {
    var subscriber = new Recording<String>(journal, 0);
    noted(journal, Mono.just("v")).subscribe(subscriber);
    subscriber.request(1);
    subscriber.request(1);

    assertThat(journal.events()).filteredOn("next v"::equals).hasSize(1);
  }

  @Test
  void value_waitsAndIsCancelled_isDiscarded(Journal journal) {
    var subscriber = new Recording<String>(journal, 0);
    noted(journal, Mono.just("v"))
        .doOnDiscard(String.class, value -> journal.add("discarded " + value))
        .subscribe(subscriber);
    subscriber.cancel();

    assertThat(journal.events()).containsExactly("enter c", "exit c succeeded", "discarded v");
  }

  @Test
  void subscriber_cancelsAtOnce_entersNothing(Journal journal) {
    var subscriber = new Recording<String>(journal, 0);
    subscriber.cancel();
    noted(journal, Mono.just("v")).subscribe(subscriber);

    assertThat(journal.events()).isEmpty();
  }

  @Test
  void cancel_enterIsPending_exitsWhatArrives(Journal journal) {
    var gate = new Gate();
    var subscriber = new Recording<String>(journal, 1);
    WithalReactor.mono(gate.manager("c"), _ -> Mono.just("v")).subscribe(subscriber);
    subscriber.cancel();

    gate.go("enter c");
    assertThat(gate.waiting()).containsExactly("exit c");
    gate.go("exit c");
    assertThat(gate.held()).isZero();
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void cancel_bodyRuns_cancelsThePublisherThenExits(Journal journal) {
    var subscriber = new Recording<String>(journal, 1);
    noted(journal, Mono.<String>never().doOnCancel(() -> journal.add("cancelled")))
        .subscribe(subscriber);
    subscriber.cancel();

    assertThat(journal.events()).containsExactly("enter c", "cancelled", "exit c cancelled");
  }

  @Test
  void cancel_bodyEmitsAsItIsSubscribedTo_cancelsThePublisherThenExits(Journal journal) {
    var gate = new Gate();
    var subscriber = new Recording<Integer>(journal, 1);
    WithalReactor.mono(
            gate.manager("c"),
            _ ->
                Flux.range(1, 9)
                    .doOnNext(i -> {
                      journal.add("work " + i);
                      subscriber.cancel();
                    })
                    .last())
        .subscribe(subscriber);
    gate.go("enter c");

    assertThat(journal.events()).containsExactly("work 1");
    assertThat(gate.waiting()).containsExactly("exit c");
    gate.go("exit c");
  }

  @Test
  void context_ofTheSubscriber_isSeenByTheBody(Journal journal) {
    noted(journal, Mono.deferContextual(context -> Mono.just(context.get("user"))))
        .subscribe(new Recording<>(journal, 1, Context.of("user", "ada")));

    assertThat(journal.events()).contains("next ada");
  }

  @Test
  void subscriptions_ofOneMono_areAUseEach(Journal journal) {
    var use = noted(journal, Mono.just("v"));
    use.subscribe(new Recording<>(journal, 1));
    use.subscribe(new Recording<>(journal, 1));

    assertThat(journal.events()).filteredOn("enter c"::equals).hasSize(2);
  }

  @Test
  void request_ofNothing_isRefusedAfterTheExit(Journal journal) {
    var sink = Sinks.<String>one();
    var refused = new CompletableFuture<Throwable>();
    noted(journal, sink.asMono())
        .subscribe(
            new reactor.core.CoreSubscriber<>() {
              @Override
              public void onSubscribe(org.reactivestreams.Subscription subscription) {
                subscription.request(0);
              }

              @Override
              public void onNext(String value) {}

              @Override
              public void onError(Throwable error) {
                journal.add("error");
                refused.complete(error);
              }

              @Override
              public void onComplete() {}
            });

    assertThat(journal.events()).endsWith("error");
    assertThat(refused.join())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a subscriber requested 0 elements: request at least 1 (Reactive Streams, 3.9)");
  }
}
