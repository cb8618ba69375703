package dev.withal.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** A manager of what a {@code Mono} acquires. */
@ExtendWith(LeakCheck.class)
class AcquiredManagerTest {

  @Test
  void acquire_isNeverCancelled_whatArrivesIsReleased(Journal journal) {
    var sink = new CompletableFuture<MonoSink<String>>();
    Mono<String> acquire =
        Mono.<String>create(sink::complete).doOnCancel(() -> journal.add("cancelled"));
    var manager =
        WithalReactor.closing(acquire, v -> Mono.fromRunnable(() -> journal.add("released " + v)));
    WithalReactor.mono(manager, Mono::just).subscribe().dispose();
    sink.join().success("v");

    assertThat(journal.events()).containsExactly("released v");
  }

  @Test
  void release_isToldHowTheBodyEnded(Journal journal) {
    var manager =
        WithalReactor.of(
            Mono.just("v"),
            (_, how) -> Mono.fromRunnable(() -> journal.add(how.succeeded() ? "kept" : "undone")));
    WithalReactor.mono(manager, Mono::just).subscribe(new Recording<>(journal, 1));
    WithalReactor.<String, String>mono(manager, _ -> Mono.error(new IllegalStateException("no")))
        .subscribe(new Recording<>(journal, 1));

    assertThat(journal.events())
        .containsExactly("kept", "next v", "complete", "undone", "error no");
  }

  @Test
  void release_isDoneWhenItsPublisherCompletes(Journal journal) {
    var release = new Emitter<String>();
    WithalReactor.mono(WithalReactor.closing(Mono.just("v"), _ -> release), Mono::just)
        .subscribe(new Recording<>(journal, 1));
    release.subscriber.onNext("ignored");
    assertThat(journal.events()).isEmpty();
    release.subscriber.onComplete();

    assertThat(journal.events()).containsExactly("next v", "complete");
  }

  @Test
  void acquire_isEmpty_failsTheEnterWithWhatToDo() {
    var manager = WithalReactor.closing(Mono.<String>empty().name("pool"), _ -> Flux.empty());

    assertThatThrownBy(() -> manager.use(value -> value))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage(
            "acquired by pool: the Mono completed empty, so there is nothing to use: let it emit a"
                + " value or fail");
  }

  @Test
  void acquire_fails_isTheResult() {
    var failure = new IllegalStateException("no");

    assertThatThrownBy(() ->
            WithalReactor.closing(Mono.<String>error(failure), _ -> Flux.empty())
                .use(value -> value))
        .isSameAs(failure);
  }

  @Test
  void release_thatIsNull_isRefusedWithWhatToDo() {
    assertThatThrownBy(() -> WithalReactor.closing(Mono.just("v"), _ -> null).use(value -> value))
        .hasMessage(
            "the release returned null instead of a publisher: return one that completes as it"
                + " ends");
  }

  @Test
  void nulls_areRefusedByName() {
    assertThatThrownBy(() -> WithalReactor.closing(null, _ -> Flux.empty())).hasMessage("acquire");
    assertThatThrownBy(() -> WithalReactor.of(Mono.just(1), null)).hasMessage("release");
    assertThatThrownBy(() -> WithalReactor.mono(null, _ -> Mono.empty())).hasMessage("manager");
    assertThatThrownBy(
            () -> WithalReactor.flux(WithalReactor.closing(Mono.just(1), _ -> Flux.empty()), null))
        .hasMessage("body");
  }
}
