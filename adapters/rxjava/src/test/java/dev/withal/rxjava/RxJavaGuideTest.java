package dev.withal.rxjava;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The code of the guide for RxJava. */
@ExtendWith(LeakCheck.class)
class RxJavaGuideTest {
  private final Journal journal = new Journal();
  private final Factory factory = new Factory();

  private final class Factory {
    Single<Session> open() {
      return Single.fromSupplier(Session::new);
    }
  }

  private final class Session {
    Single<Integer> count(String table) {
      return Single.just(table.length());
    }

    Flowable<String> names() {
      return Flowable.just("Ada", "Grace");
    }

    Completable commit() {
      return Completable.fromAction(() -> journal.add("commit"));
    }

    Completable rollback() {
      return Completable.fromAction(() -> journal.add("rollback"));
    }

    Completable close() {
      return Completable.fromAction(() -> journal.add("close"));
    }

    void closeAndBlock() {
      journal.add("close");
    }
  }

  @Test
  void single_replacesUsing() {
    // @start region="by-hand"
    Single<Integer> byHand =
        Single.using(Session::new, s -> s.count("orders"), Session::closeAndBlock);
    // @end
    // @start region="single"
    AsyncContextManager<Session> session = WithalRxJava.closing(factory.open(), Session::close);

    Single<Integer> orders = WithalRxJava.single(session, s -> s.count("orders"));
    // @end
    assertThat(byHand.blockingGet()).isEqualTo(6);
    assertThat(orders.blockingGet()).isEqualTo(6);
    assertThat(journal.events()).containsExactly("close", "close");
  }

  @Test
  void flowable_isOpenWhileItEmits() {
    AsyncContextManager<Session> session = WithalRxJava.closing(factory.open(), Session::close);

    // @start region="flowable"
    Flowable<String> names = WithalRxJava.flowable(session, Session::names);
    // @end
    assertThat(names.toList().blockingGet()).hasSize(2);
    assertThat(journal.events()).containsExactly("close");
  }

  @Test
  void of_commitsOrRollsBack() {
    // @start region="of"
    AsyncContextManager<Session> transaction =
        WithalRxJava.of(factory.open(), (s, how) -> how.succeeded() ? s.commit() : s.rollback());

    AsyncContextManager<Session> limited =
        Async.timeout(Duration.ofSeconds(2)).flatMap(_ -> transaction);
    // @end
    assertThat(WithalRxJava.single(limited, s -> s.count("a")).blockingGet()).isOne();
    assertThat(journal.events()).containsExactly("commit");
  }
}
