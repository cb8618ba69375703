package dev.withal;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a test of the one element of a publisher drives by hand. */
@ExtendWith(LeakCheck.class)
abstract class OnePublisher {

  /** A subscription that writes down what it is told. */
  final class Noting implements Flow.Subscription {
    private final String name;
    private final @Nullable RuntimeException failure;

    Noting(String name, @Nullable RuntimeException failure) {
      this.name = name;
      this.failure = failure;
    }

    @Override
    public void request(long n) {
      journal.add(name + " request " + n);
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public void cancel() {
      journal.add(name + " cancel");
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** A publisher that a test drives by hand. */
  static final class ByHand implements Flow.Publisher<String> {
    private final CompletableFuture<Flow.Subscriber<? super String>> subscriber =
        new CompletableFuture<>();

    @Override
    public void subscribe(Flow.Subscriber<? super String> given) {
      subscriber.complete(given);
    }

    Flow.Subscriber<? super String> subscriber() {
      return subscriber.resultNow();
    }
  }

  final Journal journal = new Journal();
  final ByHand publisher = new ByHand();
  final Noting first = new Noting("first", null);
  final IOException error = new IOException("publisher");
  final List<Report> reports = new ArrayList<>();
  final Report.Registration registration = Report.listen(reports::add);

  @AfterEach
  void endListening() {
    registration.close();
  }

  CompletableFuture<String> subscribed() {
    CompletableFuture<String> one = Async.one(publisher);
    publisher.subscriber().onSubscribe(first);
    return one;
  }
}
