package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** T8: a task that has ended leaves nothing in its group. */
class T8NothingKeptTest {

  /** As large as to be seen by its garbage. */
  private static final int SIZE = 1 << 20;

  @Test
  void tasks_haveEnded_areKeptByNobodyThoughTheGroupIsOpen() throws Exception {
    Tasks.group()
        .run(group -> {
          var results = new ArrayList<WeakReference<?>>();
          for (int i = 0; i < 10; i++) {
            results.add(weakly(group.fork(() -> new byte[SIZE])));
            results.add(
                weakly(group.start(_ -> CompletableFuture.completedFuture(new byte[SIZE]))));
            CompletableFuture<Void> later = Async.runAsync(() -> {});
            results.add(weakly(group.start(_ -> later.thenApply(_ -> new byte[SIZE]))));
          }
          awaitCollected(results);
        });
  }

  private static WeakReference<?> weakly(CompletableFuture<?> task) throws InterruptedException {
    return new WeakReference<>(Async.<Object, RuntimeException>await(task));
  }

  @SuppressWarnings("BusyWait") // a collection can't be awaited
  private static void awaitCollected(List<WeakReference<?>> all) {
    while (all.stream().anyMatch(one -> one.get() != null)) {
      System.gc();
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Test
  @Tag("stress")
  @Timeout(120)
  void aMillionTasks_inAnOpenGroup_keepTheHeapFlat() throws Exception {
    Tasks.group(64)
        .run(group -> {
          long before = 0;
          for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 200_000; i++) {
              int item = i;
              group.fork(() -> item);
            }
            System.gc();
            long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            if (round == 0) {
              before = used;
            }
            assertThat(used - before).isLessThan(4 << 20);
          }
        });
  }
}
