package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** T10: what a producer fails with comes in its turn, and is told once. */
@ExtendWith(LeakCheck.class)
class T10FailuresTest {
  private final Journal journal = new Journal();

  @Test
  void producer_fails_consumerGetsItAfterTheElements(VirtualTime time) {
    var seen = new ArrayList<Integer>();
    Throwable thrown =
        catchThrowable(() ->
            Tasks.<Integer>produce(
                    3,
                    out -> {
                      out.put(1);
                      out.put(2);
                      throw new IOException("no more");
                    })
                .run(elements -> {
                  time.settle();
                  elements.forEach(seen::add);
                }));

    assertThat(seen).containsExactly(1, 2);
    assertThat(thrown)
        .isInstanceOf(IOException.class)
        .hasMessage("no more")
        .hasNoSuppressedExceptions();
  }

  @Test
  void producer_failsAndNobodyComesSoFar_exitFails(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.<Integer>produce(
                    3,
                    out -> {
                      out.put(1);
                      throw new IOException("no more");
                    })
                .run(elements -> {
                  time.settle();
                  elements.iterator().next();
                }));

    assertThat(thrown)
        .isInstanceOf(IOException.class)
        .hasMessage("no more")
        .hasNoSuppressedExceptions();
  }

  @Test
  void producer_failsAndTheConsumerCatchesIt_isOver(VirtualTime time) throws Exception {
    Tasks.<Integer>produce(
            _ -> {
              throw new IllegalArgumentException("none");
            })
        .run(elements ->
            assertThatThrownBy(() -> elements.iterator().hasNext())
                .isInstanceOf(IllegalArgumentException.class));
  }

  /** What continues the future runs as it fails, and so does the exit. */
  @Test
  void producer_failsAsAStageWaits_bodyThatHandlesItSucceeds(VirtualTime time) throws Exception {
    CompletableFuture<String> use =
        Tasks.<Integer>produce(
                _ -> {
                  Style.pause(10);
                  throw new IOException("it");
                })
            .useAsync(elements -> elements.nextAsync().handle((_, error) -> error.getMessage()));

    assertThat(time.await(use)).isEqualTo("it");
  }

  @Test
  void publisher_failsAsAStageWaits_bodyThatHandlesItSucceeds(VirtualTime time) throws Exception {
    var subscribed = new CompletableFuture<Flow.Subscriber<? super Integer>>();
    CompletableFuture<String> use =
        Tasks.<Integer>subscribe(subscribed::complete, 1)
            .useAsync(elements -> elements.nextAsync().handle((_, error) -> error.getMessage()));
    Async.await(subscribed).onError(new IOException("it"));

    assertThat(time.await(use)).isEqualTo("it");
  }

  @Test
  void publisher_failsAndItsConsumerHasGone_exitFails(VirtualTime time) {
    var subscribed = new CompletableFuture<Flow.Subscriber<? super Integer>>();
    Throwable thrown =
        catchThrowable(() ->
            Tasks.<Integer>subscribe(subscribed::complete, 1)
                .run(elements -> {
                  elements.nextAsync().cancel(false);
                  Async.await(subscribed).onError(new IOException("it"));
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasNoSuppressedExceptions();
  }

  @Test
  void producer_failsWithAnInterruption_interruptsNoConsumer(VirtualTime time) throws Exception {
    Tasks.<Integer>produce(
            _ -> {
              Style.pause(10);
              throw new InterruptedException("its own");
            })
        .run(elements -> {
          assertThatThrownBy(() -> elements.iterator().hasNext()).hasMessage("its own");
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
  }

  @Test
  void source_failsAsItsConsumerIsInterrupted_isToldOnce() throws Exception {
    for (int round = 0; round < 20_000; round++) {
      var buffer = new Buffer<Integer>(1, () -> {});
      var error = new IOException("it");
      var told = new CompletableFuture<Throwable>();
      Thread consumer =
          Thread.startVirtualThread(() -> told.complete(catchThrowable(buffer::take)));
      Thread source = Thread.startVirtualThread(() -> buffer.end(error));
      consumer.interrupt();
      consumer.join();
      source.join();

      assertThat(told.join() == error ^ buffer.errorLeft() == error).as("round %d", round).isTrue();
    }
  }

  @Test
  void producer_failsInItsExitAsItIsAsked_isTold(VirtualTime time) {
    AsyncContextManager<String> failing =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("it"),
            (_, _) -> CompletableFuture.failedFuture(new IOException("exit")));
    Throwable thrown =
        catchThrowable(() ->
            Tasks.<Integer>produce(out -> failing.run(_ -> putForEver(out)))
                .run(elements -> elements.iterator().next()));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("exit");
  }

  /** A yield inside of a timeout: in Python, it may end the consumer. */
  @Test
  void timeoutAroundAPut_endsTheProducerAlone(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.<Integer>produce(
                    out -> Async.runWithin(Duration.ofSeconds(1), () -> putForEver(out)))
                .run(elements -> {
                  Async.sleep(Duration.ofSeconds(5));
                  journal.add("consumer goes on");
                  elements.forEach(_ -> {});
                }));

    assertThat(thrown).isInstanceOf(TimeoutException.class);
    assertThat(journal.events()).containsExactly("consumer goes on");
  }

  /** A yield inside of a group of tasks. */
  @Test
  void groupAroundAPut_itsFailureEndsTheProducerAlone(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.<Integer>produce(out ->
                    Tasks.group()
                        .run(group -> {
                          group.launch(() -> {
                            Style.pause(10);
                            throw new IOException("task");
                          });
                          putForEver(out);
                        }))
                .run(elements -> {
                  Style.pause(50);
                  journal.add("consumer goes on");
                  elements.forEach(_ -> {});
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("task");
    assertThat(journal.events()).containsExactly("consumer goes on");
  }

  private static void putForEver(Output<? super Integer> out) throws InterruptedException {
    while (true) {
      out.put(1);
    }
  }
}
