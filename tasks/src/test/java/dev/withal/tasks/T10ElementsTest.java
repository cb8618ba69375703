package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * T10: a producer ends with the context of its elements, and nothing runs ahead without a bound.
 */
@ExtendWith(LeakCheck.class)
class T10ElementsTest {
  private final Journal journal = new Journal();

  /** Something that the producer is in while it puts. */
  private AsyncContextManager<String> connection() {
    return AsyncContextManager.of(
        () -> CompletableFuture.completedFuture("connection"),
        (_, how) -> {
          journal.add("connection " + Jobs.describe(how));
          return Verdict.PROPAGATE.now();
        });
  }

  private AsyncContextManager<Elements<Integer>> numbers(int count) {
    return Tasks.produce(out ->
        connection()
            .run(_ -> {
              for (int i = 0; i < count; i++) {
                out.put(i);
                journal.add("put " + i);
              }
            }));
  }

  @Test
  void loop_comesToTheEnd_producerHasExitedByItself(VirtualTime time) throws Exception {
    var seen = new ArrayList<Integer>();
    numbers(3).run(elements -> elements.forEach(seen::add));
    journal.add("over");

    assertThat(seen).containsExactly(0, 1, 2);
    assertThat(journal.events())
        .containsExactly("put 0", "put 1", "put 2", "connection succeeded", "over");
  }

  @Test
  void loop_isLeftEarly_closesWhatTheProducerIsIn(VirtualTime time) throws Exception {
    numbers(1_000_000)
        .run(elements -> {
          for (int element : elements) {
            if (element == 2) {
              time.settle();
              break;
            }
          }
          journal.add("body done");
        });
    journal.add("over");

    assertThat(journal.events())
        .containsExactly(
            "put 0",
            "put 1",
            "put 2",
            "put 3",
            "body done",
            "connection cancelled InterruptedException",
            "over");
  }

  @Test
  void body_fails_closesWhatTheProducerIsIn(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            numbers(10)
                .run(elements -> {
                  time.settle();
                  throw new IOException("" + elements.iterator().next());
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasNoSuppressedExceptions();
    assertThat(journal.events()).contains("connection cancelled InterruptedException");
  }

  @Test
  void capacity_boundsHowFarTheProducerIsAhead(VirtualTime time) throws Exception {
    Tasks.<Integer>produce(
            3,
            out -> {
              for (int i = 0; i < 100; i++) {
                out.put(i);
                journal.add("put " + i);
              }
            })
        .run(elements -> {
          time.settle();
          journal.add("take one");
          elements.iterator().next();
          time.settle();
        });

    assertThat(journal.events()).containsExactly("put 0", "put 1", "put 2", "take one", "put 3");
  }

  @Test
  void consumer_isInterruptedWhileItWaits_endsTheProducer(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Async.runWithin(
                Duration.ofSeconds(1),
                () ->
                    Tasks.<Integer>produce(_ -> Style.pause(100_000))
                        .run(elements -> elements.forEach(_ -> {}))));

    assertThat(thrown).isInstanceOf(TimeoutException.class);
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void forEachAsync_goesThroughAll(VirtualTime time) throws Exception {
    CompletableFuture<Void> use =
        numbers(3)
            .useAsync(elements ->
                elements.forEachAsync(element ->
                    Async.sleepAsync(Duration.ofMillis(10))
                        .thenRun(() -> journal.add("seen " + element))));
    time.await(use);

    assertThat(journal.events())
        .contains("seen 0", "seen 1", "seen 2", "connection succeeded")
        .hasSize(7);
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(30));
  }

  @Test
  void forEachAsync_useIsCancelled_endsTheProducer(VirtualTime time) {
    CompletableFuture<Void> use =
        Tasks.<Integer>produce(
                out -> {
                  out.put(1);
                  connection().run(_ -> Style.pause(100_000));
                })
            .useAsync(
                elements -> elements.forEachAsync(_ -> CompletableFuture.completedFuture(null)));
    time.settle();
    use.cancel(true);
    time.settle();

    assertThat(use).isCancelled();
    assertThat(journal.events()).containsExactly("connection cancelled InterruptedException");
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void forEachAsync_manyThatAreThere_needsNoStack(VirtualTime time) throws Exception {
    var sum = new long[1];
    CompletableFuture<Void> use =
        Tasks.<Integer>produce(
                10_000,
                out -> {
                  for (int i = 0; i < 10_000; i++) {
                    out.put(i);
                  }
                })
            .useAsync(elements ->
                Async.sleepAsync(Duration.ofMillis(1))
                    .thenCompose(_ ->
                        elements.forEachAsync(element -> {
                          sum[0] += element;
                          return CompletableFuture.completedFuture(null);
                        })));
    time.await(use);

    assertThat(sum[0]).isEqualTo(49_995_000);
  }

  @Test
  void consumers_shareTheElements(VirtualTime time) throws Exception {
    List<Integer> seen = java.util.Collections.synchronizedList(new ArrayList<>());
    numbers(100)
        .run(elements ->
            Tasks.group()
                .run(group -> {
                  for (int i = 0; i < 4; i++) {
                    group.launch(() -> {
                      for (int element : elements) {
                        Style.pause(10);
                        seen.add(element);
                      }
                    });
                  }
                }));

    assertThat(seen).hasSize(100).doesNotHaveDuplicates();
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void next_isCancelled_takesNoElement(VirtualTime time) throws Exception {
    Tasks.<Integer>produce(
            out -> {
              Style.pause(10);
              out.put(1);
            })
        .run(elements -> {
          CompletableFuture<?> first = elements.nextAsync();
          first.cancel(false);
          assertThat(Async.await(elements.nextAsync())).contains(1);
          assertThat(Async.await(elements.nextAsync())).isEmpty();
        });
  }

  @Test
  void elements_afterTheExit_areRefused(VirtualTime time) throws Exception {
    Elements<Integer> kept = numbers(3).use(elements -> elements);

    assertThatThrownBy(() -> kept.iterator().hasNext())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the elements are closed: consume them inside of their context");
  }

  @Test
  void iterator_atItsEnd_hasNoMore(VirtualTime time) throws Exception {
    numbers(1)
        .run(elements -> {
          Iterator<Integer> iterator = elements.iterator();
          assertThat(iterator.next()).isZero();
          assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
        });
  }

  @Test
  void capacity_isLessThanOne_isRefused() {
    assertThatThrownBy(() -> Tasks.produce(0, _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity must be at least 1, and is 0");
  }
}
