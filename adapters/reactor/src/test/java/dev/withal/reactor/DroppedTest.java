package dev.withal.reactor;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.Report;
import dev.withal.testkit.Gate;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/** What a subscriber that has cancelled doesn't receive is told elsewhere. */
@ExtendWith(LeakCheck.class)
class DroppedTest {
  private final Journal told = new Journal();
  private Report.Registration reports;

  @BeforeEach
  void listen() {
    reports =
        Report.listen(report ->
            told.add(
                report.kind() + " of " + report.context() + ": " + suppressed(report.error())));
    Hooks.onErrorDropped(error -> told.add("hook: " + suppressed(error)));
    Hooks.onNextDropped(value -> told.add("hook: " + value));
  }

  @AfterEach
  void stop() {
    reports.close();
    Hooks.resetOnErrorDropped();
    Hooks.resetOnNextDropped();
  }

  private static String suppressed(Throwable error) {
    return error.getSuppressed().length == 0
        ? error.getMessage()
        : error.getMessage() + ", " + error.getSuppressed()[0].getMessage();
  }

  @Test
  void error_ofAnExitAfterACancellation_isToldToBoth() {
    var manager =
        WithalReactor.closing(Mono.just("c"), _ -> Mono.error(new IllegalStateException("exit")))
            .named("c");
    WithalReactor.mono(manager, _ -> Mono.never()).subscribe().dispose();

    assertThat(told.events())
        .containsExactly(
            "LATE_FAILURE of c: cancelled by its caller, exit",
            "hook: cancelled by its caller, exit");
  }

  @Test
  void cancellation_alone_isToldToNobody() {
    WithalReactor.mono(AsyncContextManager.ofValue("c"), _ -> Mono.never()).subscribe().dispose();

    assertThat(told.events()).isEmpty();
  }

  @Test
  void error_ofABodyThatHasEnded_isToldToBoth() {
    var emitter = new Emitter<String>();
    WithalReactor.flux(AsyncContextManager.ofValue("c").named("c"), _ -> emitter)
        .subscribe()
        .dispose();
    emitter.subscriber.onError(new IllegalStateException("late"));

    assertThat(told.events()).containsExactly("LATE_FAILURE of c: late", "hook: late");
  }

  @Test
  void element_afterACancellation_isToldToReactor() {
    var emitter = new Emitter<String>();
    WithalReactor.flux(AsyncContextManager.ofValue("c"), _ -> emitter).subscribe().dispose();
    emitter.subscriber.onNext("late");

    assertThat(told.events()).containsExactly("hook: late");
  }

  @Test
  void value_cancelledDuringTheExit_isDiscarded() {
    var gate = new Gate();
    var use =
        WithalReactor.mono(gate.manager("c"), _ -> Mono.just("v"))
            .doOnDiscard(String.class, value -> told.add("discarded " + value))
            .subscribe();
    gate.go("enter c");
    use.dispose();
    gate.go("exit c");

    assertThat(told.events()).containsExactly("discarded v");
  }

  @Test
  void value_cancelledBeforeItsCompletion_isDiscarded() {
    var emitter = new Emitter<String>();
    var use =
        WithalReactor.mono(AsyncContextManager.ofValue("c"), _ -> new Single(emitter))
            .doOnDiscard(String.class, value -> told.add("discarded " + value))
            .subscribe();
    emitter.subscriber.onNext("v");
    use.dispose();

    assertThat(told.events()).containsExactly("discarded v");
  }

  @Test
  void value_whoseExitFails_isReleased() {
    var manager =
        WithalReactor.closing(Mono.just("c"), _ -> Mono.error(new IllegalStateException("exit")))
            .releasingDropped(
                String.class,
                value -> {
                  told.add("released " + value);
                  return completedFuture(null);
                });
    WithalReactor.mono(manager, _ -> Mono.just("v")).subscribe(_ -> {}, _ -> {});

    assertThat(told.events()).containsExactly("released v");
  }

  @Test
  void subscriber_thatThrows_isReportedAndTheExitHasRun() {
    WithalReactor.mono(AsyncContextManager.ofValue("c").named("c"), _ -> Mono.just("v"))
        .subscribe(
            new reactor.core.CoreSubscriber<>() {
              @Override
              public void onSubscribe(org.reactivestreams.Subscription subscription) {
                subscription.request(1);
              }

              @Override
              public void onNext(String value) {
                throw new IllegalStateException("subscriber");
              }

              @Override
              public void onError(Throwable error) {}

              @Override
              public void onComplete() {}
            });

    assertThat(told.events()).containsExactly("FAILED_CALLBACK of c: subscriber");
  }

  /** A {@code Mono} whose completion comes as late as its test likes. */
  private static final class Single extends Mono<String> {
    private final Emitter<String> emitter;

    Single(Emitter<String> emitter) {
      this.emitter = emitter;
    }

    @Override
    public void subscribe(reactor.core.CoreSubscriber<? super String> actual) {
      emitter.subscribe(actual);
    }
  }
}
