package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** T10: no put waits for ever, on whatever thread it is. */
@ExtendWith(LeakCheck.class)
class T10PutsTest {
  private final Journal journal = new Journal();

  @Test
  void producer_endsAsAnotherThreadPuts_putIsRefused(VirtualTime time) throws Exception {
    var refused = new CompletableFuture<Throwable>();
    Tasks.<Integer>produce(
            out -> {
              out.put(1);
              time.start(() -> refused.complete(catchThrowable(() -> out.put(2))));
              Style.pause(10);
            })
        .run(_ -> Style.pause(20));
    time.settle();

    assertThat(refused)
        .isCompletedWithValueMatching(
            error -> error instanceof IllegalStateException,
            "the producer has ended: nothing can be put any more");
  }

  @Test
  void context_exitsAsAnotherThreadPuts_putIsRefused(VirtualTime time) throws Exception {
    Tasks.<Integer>produce(
            out -> {
              out.put(1);
              CompletableFuture<Object> other =
                  Async.callAsync(() -> catchThrowable(() -> out.put(2)));
              journal.add("" + Async.<Object, RuntimeException>await(other, () -> {}));
            })
        .run(_ -> time.settle());

    assertThat(journal.events())
        .containsExactly(
            "java.util.concurrent.CancellationException:"
                + " the elements are closed: nothing can be put any more");
  }

  @Test
  void producer_goesOnAfterItsInterruption_isRefused(VirtualTime time) throws Exception {
    Tasks.<Integer>produce(
            out -> {
              for (int i = 0; ; i++) {
                try {
                  out.put(i);
                  journal.add("put " + i);
                } catch (InterruptedException ignored) {
                  journal.add("interrupted");
                }
              }
            })
        .run(_ -> time.settle());

    assertThat(journal.events()).containsExactly("put 0", "interrupted");
  }

  /** What a publisher sends that hasn't heard of the cancellation yet. */
  @Test
  void element_comesAfterTheClose_isDropped() {
    var buffer = new Buffer<String>(1, () -> {});
    buffer.close();

    assertThat(buffer.offer("late")).isTrue();
    assertThat(buffer.offer("later")).isTrue();
  }

  @Test
  void source_failsAfterItsConsumerHasGone_isLeftToTheExit() {
    var failure = new IOException("it");
    var buffer = new Buffer<String>(1, () -> {});
    buffer.takeAsync().cancel(true);

    buffer.end(failure);

    assertThat(buffer.errorLeft()).isSameAs(failure);
  }
}
