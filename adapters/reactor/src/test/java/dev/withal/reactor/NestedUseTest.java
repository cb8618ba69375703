package dev.withal.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.adapters.testing.Noted;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Uses inside a body exit before the use around them, whatever is in between. */
@ExtendWith(LeakCheck.class)
class NestedUseTest {
  private static final Duration SHORT = Duration.ofMillis(10);
  private static final Duration LONG = Duration.ofSeconds(5);

  private static Mono<String> inner(Journal journal, Mono<String> body) {
    return WithalReactor.mono(Noted.later(journal, "inner", SHORT, LONG), _ -> body);
  }

  private static Mono<String> outer(Journal journal, Mono<String> body) {
    return WithalReactor.mono(Noted.later(journal, "outer", SHORT, SHORT), _ -> body);
  }

  @Test
  void cancel_ofTheOuter_exitsInsideOut(VirtualTime time, Journal journal) {
    var use = outer(journal, inner(journal, Mono.<String>never()).map(value -> value)).subscribe();
    time.advance(LONG);
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
  void cancel_whileTheInnerEnters_exitsWhatArrivesFirst(VirtualTime time, Journal journal) {
    var use =
        outer(
                journal,
                WithalReactor.mono(
                    Noted.later(journal, "inner", Duration.ofMillis(500), LONG), _ -> Mono.never()))
            .subscribe();
    time.advance(Duration.ofMillis(20));
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
  void timeoutOperator_leavesTheInner_outerWaitsForIt(VirtualTime time, Journal journal) {
    outer(
            journal,
            inner(journal, Mono.<String>never())
                .timeout(Mono.fromFuture(() -> Async.sleepAsync(LONG)), Mono.just("late")))
        .subscribe(new Recording<>(journal, 1));
    time.advance(LONG.multipliedBy(3));

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "enter inner",
            "exit inner cancelled",
            "inner done",
            "exit outer succeeded",
            "outer done",
            "next late",
            "complete");
  }

  @Test
  void take_ofAnInnerFlux_outerWaitsForItsExit(VirtualTime time, Journal journal) {
    outer(
            journal,
            WithalReactor.flux(Noted.later(journal, "inner", SHORT, LONG), _ -> Flux.just("a", "b"))
                .next())
        .subscribe(new Recording<>(journal, 1));
    time.advance(LONG.multipliedBy(2));

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "enter inner",
            "exit inner cancelled",
            "inner done",
            "exit outer succeeded",
            "outer done",
            "next a",
            "complete");
  }

  @Test
  void error_ofASibling_outerWaitsForTheOther(VirtualTime time, Journal journal) {
    outer(
            journal,
            Mono.when(
                    inner(journal, Mono.never()),
                    Mono.fromFuture(() -> Async.sleepAsync(LONG))
                        .then(Mono.error(new IllegalStateException("no"))))
                .thenReturn(""))
        .subscribe(new Recording<>(journal, 1));
    time.advance(LONG.multipliedBy(3));

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "enter inner",
            "exit inner cancelled",
            "inner done",
            "exit outer failed no",
            "outer done",
            "error no");
  }

  @Test
  void timeout_asAManager_tellsInnerExitsWhy(VirtualTime time, Journal journal) {
    var limited = Async.timeout(LONG).flatMap(_ -> Noted.later(journal, "outer", SHORT, SHORT));
    WithalReactor.mono(limited, _ -> inner(journal, Mono.<String>never()).map(value -> value))
        .subscribe(new Recording<>(journal, 1));
    time.advance(LONG.multipliedBy(3));

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "enter inner",
            "exit inner cancelled",
            "inner done",
            "exit outer cancelled",
            "outer done",
            "error timed out after PT5S");
  }

  @Test
  void inner_subscribedAfterTheOuterHasEnded_isOnItsOwn(VirtualTime time, Journal journal) {
    outer(
            journal,
            Mono.deferContextual(context -> {
              Async.sleepAsync(LONG)
                  .thenRun(() ->
                      inner(journal, Mono.just("alone"))
                          .subscribe(new Recording<>(journal, 1, contextOf(context))));
              return Mono.just("v");
            }))
        .subscribe(new Recording<>(journal, 1));
    time.advance(LONG.multipliedBy(3));

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "exit outer succeeded",
            "outer done",
            "next v",
            "complete",
            "enter inner",
            "exit inner succeeded",
            "inner done",
            "next alone",
            "complete");
  }

  private static reactor.util.context.Context contextOf(reactor.util.context.ContextView view) {
    return reactor.util.context.Context.of(view);
  }

  @Test
  void errors_ofAllExits_areInOneError(Journal journal) {
    var body = new IllegalStateException("body");
    Mono<String> use =
        WithalReactor.mono(
            failing("outer"),
            _ -> WithalReactor.<String, String>mono(failing("inner"), _ -> Mono.error(body)));
    use.doOnError(
            error -> {
              journal.add(error == body ? "the body's" : "another");
              for (Throwable suppressed : error.getSuppressed()) {
                journal.add(suppressed.getMessage());
              }
            })
        .subscribe(new Recording<>(new Journal(), 1));

    assertThat(journal.events()).containsExactly("the body's", "inner", "outer");
  }

  private static dev.withal.AsyncContextManager<String> failing(String name) {
    return WithalReactor.closing(
        Mono.just(name), _ -> Mono.error(new IllegalArgumentException(name)));
  }
}
