package dev.withal.mutiny;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The code of the guide for Mutiny. */
@ExtendWith(LeakCheck.class)
class MutinyGuideTest {
  private final Journal journal = new Journal();
  private final Factory factory = new Factory();

  private final class Factory {
    Uni<Session> open() {
      return Uni.createFrom().item(Session::new);
    }
  }

  private final class Session {
    Uni<Integer> count(String table) {
      return Uni.createFrom().item(table.length());
    }

    Multi<String> names() {
      return Multi.createFrom().items("Ada", "Grace");
    }

    Uni<Void> commit() {
      return noted("commit");
    }

    Uni<Void> rollback() {
      return noted("rollback");
    }

    Uni<Void> close() {
      return noted("close");
    }

    private Uni<Void> noted(String event) {
      return Uni.createFrom().voidItem().invoke(() -> journal.add(event));
    }
  }

  @Test
  void uni_replacesEventually() {
    // @start region="by-hand"
    Uni<Integer> byHand = factory.open().chain(s -> s.count("orders").eventually(() -> s.close()));
    // @end
    // @start region="uni"
    AsyncContextManager<Session> session = WithalMutiny.closing(factory.open(), Session::close);

    Uni<Integer> orders = WithalMutiny.uni(session, s -> s.count("orders"));
    // @end
    assertThat(byHand.await().indefinitely()).isEqualTo(6);
    assertThat(orders.await().indefinitely()).isEqualTo(6);
    assertThat(journal.events()).containsExactly("close", "close");
  }

  @Test
  void multi_isOpenWhileItEmits() {
    AsyncContextManager<Session> session = WithalMutiny.closing(factory.open(), Session::close);

    // @start region="multi"
    Multi<String> names = WithalMutiny.multi(session, Session::names);
    // @end
    assertThat(names.collect().asList().await().indefinitely()).hasSize(2);
    assertThat(journal.events()).containsExactly("close");
  }

  @Test
  void of_commitsOrRollsBack() {
    // @start region="of"
    AsyncContextManager<Session> transaction =
        WithalMutiny.of(factory.open(), (s, how) -> how.succeeded() ? s.commit() : s.rollback());

    AsyncContextManager<Session> limited =
        Async.timeout(Duration.ofSeconds(2)).flatMap(_ -> transaction);
    // @end
    assertThat(WithalMutiny.uni(limited, s -> s.count("a")).await().indefinitely()).isOne();
    assertThat(journal.events()).containsExactly("commit");
  }
}
