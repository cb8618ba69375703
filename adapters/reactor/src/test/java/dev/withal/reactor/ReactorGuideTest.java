package dev.withal.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The code of the guide for Reactor. */
@ExtendWith(LeakCheck.class)
class ReactorGuideTest {
  private final Journal journal = new Journal();
  private final Factory factory = new Factory();

  private final class Factory {
    Mono<Session> create() {
      return Mono.fromSupplier(Session::new);
    }
  }

  private final class Session {
    Mono<Integer> count(String table) {
      return Mono.fromSupplier(() -> {
        journal.add("count " + table);
        return table.length();
      });
    }

    Flux<String> names() {
      return Flux.just("Ada", "Grace", "Barbara");
    }

    Mono<Void> commit() {
      return Mono.fromRunnable(() -> journal.add("commit"));
    }

    Mono<Void> rollback() {
      return Mono.fromRunnable(() -> journal.add("rollback"));
    }

    Mono<Void> close() {
      return Mono.fromRunnable(() -> journal.add("close"));
    }
  }

  private static Mono<Integer> usingWhen(Factory factory) {
    // @start region="using-when"
    return Mono.usingWhen(factory.create(), s -> s.count("orders"), s -> s.close());
    // @end
  }

  @Test
  void mono_replacesUsingWhen() {
    assertThat(usingWhen(factory).block()).isEqualTo(6);

    // @start region="mono"
    AsyncContextManager<Session> session = WithalReactor.closing(factory.create(), Session::close);

    Mono<Integer> orders = WithalReactor.mono(session, s -> s.count("orders"));
    // @end
    assertThat(orders.block()).isEqualTo(6);
    assertThat(journal.events()).containsExactly("count orders", "close", "count orders", "close");
  }

  @Test
  void flux_hasDemand() {
    AsyncContextManager<Session> session = WithalReactor.closing(factory.create(), Session::close);

    // @start region="flux"
    Flux<String> names = WithalReactor.flux(session, Session::names);
    // @end
    assertThat(names.collectList().block()).hasSize(3);
    assertThat(journal.events()).containsExactly("close");
  }

  @Test
  void of_commitsOrRollsBack() {
    // @start region="of"
    AsyncContextManager<Session> transaction =
        WithalReactor.of(
            factory.create(),
            (s, how) -> (how.succeeded() ? s.commit() : s.rollback()).then(s.close()));
    // @end
    WithalReactor.mono(transaction, s -> s.count("orders")).block();
    assertThat(journal.events()).containsExactly("count orders", "commit", "close");
  }

  @Test
  void nested_exitsInsideOut() {
    AsyncContextManager<Session> session = WithalReactor.closing(factory.create(), Session::close);
    AsyncContextManager<Session> transaction =
        WithalReactor.of(factory.create(), (s, how) -> how.succeeded() ? s.commit() : s.rollback());

    // @start region="nested"
    Mono<Integer> both =
        WithalReactor.mono(
            session,
            _ ->
                WithalReactor.mono(transaction, s -> s.count("orders"))
                    .map(count -> count + 1)
                    .retry(2));
    // @end
    assertThat(both.block()).isEqualTo(7);
    assertThat(journal.events()).containsExactly("count orders", "commit", "close");
  }

  @Test
  void timeout_isAManager(VirtualTime time) {
    AsyncContextManager<Session> session = WithalReactor.closing(factory.create(), Session::close);

    // @start region="timeout"
    AsyncContextManager<Session> limited =
        Async.timeout(Duration.ofSeconds(2)).flatMap(_ -> session);

    Mono<Integer> orders = WithalReactor.mono(limited, s -> s.count("orders"));
    // @end
    orders.delayUntil(_ -> Mono.never()).subscribe().dispose();
    WithalReactor.mono(limited, _ -> Mono.never()).subscribe(new Recording<>(journal, 1));
    time.advance(Duration.ofSeconds(2));
    assertThat(journal.events())
        .containsExactly("count orders", "close", "close", "error timed out after PT2S");
  }

  @Test
  void context_isReadAtTheSubscription() {
    // @start region="context"
    Mono<Integer> orders =
        Mono.deferContextual(context ->
            WithalReactor.mono(sessionOf(context.get("tenant")), s -> s.count("orders")));
    // @end
    assertThat(orders.contextWrite(context -> context.put("tenant", "ada")).block()).isEqualTo(6);
    assertThat(journal.events()).containsExactly("tenant ada", "count orders", "close");
  }

  private AsyncContextManager<Session> sessionOf(String tenant) {
    journal.add("tenant " + tenant);
    return WithalReactor.closing(factory.create(), Session::close);
  }
}
