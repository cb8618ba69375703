package dev.withal.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.adapters.testing.Noted;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** A use as a {@code Flux}. */
@ExtendWith(LeakCheck.class)
class FluxUseTest {

  @Test
  void elements_comeWhileTheContextIsOpen_andTheEndAfterTheExit(Journal journal) {
    WithalReactor.flux(Noted.atOnce(journal, "c"), _ -> Flux.just(1, 2))
        .subscribe(new Recording<>(journal, 9));

    assertThat(journal.events())
        .containsExactly("enter c", "next 1", "next 2", "exit c succeeded", "complete");
  }

  @Test
  void error_ofTheBody_comesAfterItsElementsAndTheExit(Journal journal) {
    WithalReactor.flux(
            Noted.atOnce(journal, "c"),
            _ -> Flux.just(1).concatWith(Flux.error(new IllegalStateException("no"))))
        .subscribe(new Recording<>(journal, 9));

    assertThat(journal.events())
        .containsExactly("enter c", "next 1", "exit c failed no", "error no");
  }

  @Test
  void demand_beforeAndDuringTheBody_passesThrough(Journal journal) {
    var subscriber = new Recording<Integer>(journal, 2);
    WithalReactor.flux(
            Noted.atOnce(journal, "c"),
            _ -> Flux.range(1, 9).doOnRequest(n -> journal.add("request " + n)))
        .subscribe(subscriber);
    subscriber.request(1);
    subscriber.cancel();

    assertThat(journal.events())
        .containsExactly(
            "enter c", "request 2", "next 1", "next 2", "request 1", "next 3", "exit c cancelled");
  }

  @Test
  void take_cancelsInPlace_exitsAndEmitsNoMore(Journal journal) {
    WithalReactor.flux(Noted.atOnce(journal, "c"), _ -> Flux.range(1, 9))
        .take(2)
        .subscribe(new Recording<>(journal, 9));

    assertThat(journal.events())
        .containsExactly("enter c", "next 1", "next 2", "complete", "exit c cancelled");
  }

  @Test
  void element_afterACancellation_isDropped(Journal journal) {
    var emitter = new Emitter<Integer>();
    var subscriber = new Recording<Integer>(journal, 9);
    WithalReactor.flux(Noted.atOnce(journal, "c"), _ -> emitter).subscribe(subscriber);
    subscriber.cancel();
    emitter.subscriber.onNext(1);

    assertThat(journal.events()).containsExactly("enter c", "exit c cancelled");
  }

  @Test
  void timeout_asAManager_endsTheFluxAfterTheExit(VirtualTime time, Journal journal) {
    var limited = Async.timeout(Duration.ofSeconds(1)).flatMap(_ -> Noted.atOnce(journal, "c"));
    WithalReactor.flux(limited, _ -> Sinks.many().unicast().onBackpressureBuffer().asFlux())
        .subscribe(new Recording<>(journal, 9));

    time.advance(Duration.ofSeconds(1));
    assertThat(journal.events())
        .containsExactly("enter c", "exit c cancelled", "error timed out after PT1S");
  }

  @Test
  void timeout_whileAnElementIsPassedOn_endsTheFluxAfterThatElement(
      VirtualTime time, Journal journal) throws Exception {
    var began = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var emitter = new Emitter<Integer>();
    WithalReactor.flux(Async.timeout(Duration.ofSeconds(1)), _ -> emitter)
        .doOnNext(_ -> {
          began.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        })
        .subscribe(new Recording<>(journal, 9));

    Thread source = Thread.ofPlatform().start(() -> emitter.subscriber.onNext(1));
    began.await();
    time.advance(Duration.ofSeconds(1));
    assertThat(journal.events()).isEmpty();
    goOn.countDown();
    source.join();
    assertThat(journal.events()).containsExactly("next 1", "error timed out after PT1S");
  }

  @Test
  void demand_ofNothing_isRefusedAfterTheExit(Journal journal) {
    var emitter = new Emitter<Integer>();
    WithalReactor.flux(Noted.atOnce(journal, "c"), _ -> emitter)
        .subscribe(
            new reactor.core.CoreSubscriber<>() {
              @Override
              public void onSubscribe(org.reactivestreams.Subscription subscription) {
                subscription.request(-1);
              }

              @Override
              public void onNext(Integer value) {}

              @Override
              public void onError(Throwable error) {
                journal.add("error " + error.getClass().getSimpleName());
              }

              @Override
              public void onComplete() {}
            });

    assertThat(journal.events()).endsWith("error IllegalArgumentException");
  }
}
