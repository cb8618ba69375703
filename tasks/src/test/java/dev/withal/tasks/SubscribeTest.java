package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.Report;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The elements of a publisher, which is cancelled with their context. */
@ExtendWith(LeakCheck.class)
class SubscribeTest {
  private final Journal journal = new Journal();

  /** Sends numbers as they are requested, on the requesting thread, and fails or completes then. */
  private final class Numbers implements Flow.Publisher<Integer> {
    private final int count;
    private final Throwable error;

    Numbers(int count, Throwable error) {
      this.count = count;
      this.error = error;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Integer> subscriber) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            private long requested;
            private int sent;
            private boolean sends;
            private boolean over;

            @Override
            public void request(long more) {
              journal.add("request " + more);
              requested += more;
              if (sends) {
                return;
              }
              sends = true;
              while (requested > 0 && sent < count && !over) {
                requested--;
                subscriber.onNext(sent++);
              }
              sends = false;
              if (sent == count && !over) {
                over = true;
                end();
              }
            }

            private void end() {
              if (error == null) {
                subscriber.onComplete();
              } else {
                subscriber.onError(error);
              }
            }

            @Override
            public void cancel() {
              journal.add("cancel");
              over = true;
            }
          });
    }
  }

  @Test
  void loop_requestsWhatFits(VirtualTime time) throws Exception {
    var seen = new ArrayList<Integer>();
    Tasks.subscribe(new Numbers(7, null), 4).run(elements -> elements.forEach(seen::add));

    assertThat(seen).containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(journal.events())
        .containsExactly("request 4", "request 2", "request 2", "request 2", "cancel");
  }

  @Test
  void loop_isLeftEarly_cancels(VirtualTime time) throws Exception {
    int first =
        Tasks.<Integer>subscribe(new Numbers(100, null), 2)
            .use(elements -> elements.iterator().next());

    assertThat(first).isZero();
    assertThat(journal.events()).containsExactly("request 2", "request 1", "cancel");
  }

  @Test
  void publisher_fails_isSeenAfterItsElements(VirtualTime time) {
    var seen = new ArrayList<Integer>();
    Throwable thrown =
        catchThrowable(() ->
            Tasks.subscribe(new Numbers(2, new IOException("it")), 4)
                .run(elements -> elements.forEach(seen::add)));

    assertThat(seen).containsExactly(0, 1);
    assertThat(thrown).isInstanceOf(IOException.class).hasNoSuppressedExceptions();
  }

  @Test
  void forEachAsync_goesThroughAll(VirtualTime time) throws Exception {
    var seen = new ArrayList<Integer>();
    CompletableFuture<Void> use =
        Tasks.<Integer>subscribe(new Numbers(10_000, null), 8)
            .useAsync(elements ->
                elements.forEachAsync(element -> {
                  seen.add(element);
                  return CompletableFuture.completedFuture(null);
                }));
    time.await(use);

    assertThat(seen).hasSize(10_000);
  }

  @Test
  void publisher_sendsTooMuch_isToldSo(VirtualTime time) {
    Flow.Publisher<Integer> wild =
        subscriber ->
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  private boolean sent;

                  @Override
                  public void request(long count) {
                    if (!sent) {
                      sent = true;
                      subscriber.onNext(1);
                      subscriber.onNext(2);
                    }
                  }

                  @Override
                  public void cancel() {
                    journal.add("cancel");
                  }
                });
    Throwable thrown =
        catchThrowable(() -> Tasks.subscribe(wild, 1).run(elements -> elements.forEach(_ -> {})));

    assertThat(thrown)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the publisher sent more elements than were requested of it");
    assertThat(journal.events()).containsExactly("cancel");
  }

  @Test
  void publisher_throwsAsItIsSubscribed_failsTheEnter(VirtualTime time) {
    Flow.Publisher<Integer> broken =
        _ -> {
          throw new IllegalArgumentException("no");
        };

    assertThat(catchThrowable(() -> Tasks.subscribe(broken, 1).run(_ -> {})))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void publisher_throwsAfterItsSubscription_failsTheEnterAndIsCancelled(VirtualTime time) {
    Flow.Publisher<Integer> broken =
        subscriber -> {
          new Numbers(10, null).subscribe(subscriber);
          throw new IllegalArgumentException("no");
        };
    Throwable thrown =
        catchThrowable(() -> Tasks.subscribe(broken, 1).run(_ -> journal.add("body")));

    assertThat(thrown).isInstanceOf(IllegalArgumentException.class).hasMessage("no");
    assertThat(journal.events()).containsExactly("request 1", "cancel");
  }

  @Test
  void publisher_subscribesLate_isCancelled(VirtualTime time) throws Exception {
    var late = new CompletableFuture<Flow.Subscriber<? super Integer>>();
    Tasks.<Integer>subscribe(late::complete, 1).run(_ -> {});
    new Numbers(10, null).subscribe(Async.await(late));

    assertThat(journal.events()).containsExactly("cancel");
  }

  /** Sends as many elements as are requested first, and breaks at a request after that. */
  private Flow.Publisher<Integer> breakingAtRequest(int broken) {
    return breakingAtRequest(broken, () -> journal.add("cancel"));
  }

  private static Flow.Publisher<Integer> breakingAtRequest(int broken, Runnable cancel) {
    return subscriber ->
        subscriber.onSubscribe(
            new Flow.Subscription() {
              private int requests;
              private int sent;

              @Override
              public void request(long count) {
                if (++requests == broken) {
                  throw new IllegalStateException("broken");
                }
                for (int i = 0; i < count; i++) {
                  subscriber.onNext(sent++);
                }
              }

              @Override
              public void cancel() {
                cancel.run();
              }
            });
  }

  @Test
  void request_throwsAsAnElementIsTaken_isToldAfterTheElements(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.subscribe(breakingAtRequest(2), 4)
                .run(elements -> elements.forEach(element -> journal.add("seen " + element))));

    assertThat(thrown)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("broken")
        .hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("seen 0", "cancel", "seen 1", "seen 2", "seen 3");
  }

  @Test
  void request_throwsBetweenActionsThatTakeTime_endsTheLoop(VirtualTime time) {
    CompletableFuture<Void> use =
        Tasks.<Integer>subscribe(breakingAtRequest(2), 4)
            .useAsync(elements ->
                elements.forEachAsync(element -> {
                  journal.add("seen " + element);
                  return Async.sleepAsync(Duration.ofMillis(10));
                }));
    Throwable thrown = catchThrowable(() -> time.await(use));

    assertThat(thrown)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("broken")
        .hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("seen 0", "cancel", "seen 1", "seen 2", "seen 3");
  }

  @Test
  void firstRequest_throws_isToldAndCancels(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.subscribe(breakingAtRequest(1), 4).run(elements -> elements.forEach(_ -> {})));

    assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessage("broken");
    assertThat(journal.events()).containsExactly("cancel");
  }

  @Test
  void cancel_throwsAfterARequestThatThrew_isReported(VirtualTime time) {
    Runnable failing =
        () -> {
          throw new IllegalArgumentException("can't cancel");
        };
    try (var _ =
        Report.listen(report -> journal.add(report.kind() + " " + report.error().getMessage()))) {
      Throwable thrown =
          catchThrowable(() ->
              Tasks.subscribe(breakingAtRequest(2, failing), 2)
                  .run(elements -> elements.forEach(element -> journal.add("seen " + element))));

      assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessage("broken");
    }

    assertThat(journal.events())
        .containsExactly("FAILED_CALLBACK can't cancel", "seen 0", "seen 1");
  }
}
