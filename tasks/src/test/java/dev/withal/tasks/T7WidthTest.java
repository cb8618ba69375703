package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** T7: at most as many tasks as the width run at the same time, and who would begin more waits. */
@ExtendWith(LeakCheck.class)
class T7WidthTest {
  private final Jobs jobs = new Jobs();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  private String counted(int item) throws InterruptedException {
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    Style.pause(10 + item % 3);
    running.decrementAndGet();
    return "r" + item;
  }

  @Test
  void fork_groupIsFull_waitsForRoom(VirtualTime time) throws Exception {
    Tasks.group(2)
        .run(group -> {
          for (int i = 0; i < 9; i++) {
            int item = i;
            group.fork(() -> counted(item));
            jobs.journal.add(item + " at " + time.elapsed().toMillis());
          }
        });

    assertThat(most).hasValue(2);
    assertThat(jobs.journal.events())
        .startsWith("0 at 0", "1 at 0", "2 at 10", "3 at 11")
        .hasSize(9);
  }

  @Test
  void fork_waitsAndATaskFails_isRefused(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group(1)
                .run(group -> {
                  group.fork(jobs.failing("a", 10));
                  group.fork(jobs.job("b", 10));
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasNoSuppressedExceptions();
    assertThat(jobs.journal.events()).containsExactly("a fails");
  }

  @Test
  void fork_callerIsInterruptedWhileItWaits_endsTheGroup(VirtualTime time) {
    Thread own = Thread.currentThread();
    time.start(() -> {
      catchThrowable(() -> Style.pause(5));
      time.interrupt(own);
    });
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group(1)
                .run(group -> {
                  group.fork(jobs.job("a", 5_000));
                  group.fork(jobs.job("b", 10));
                }));

    assertThat(thrown)
        .isInstanceOf(CancellationException.class)
        .hasMessage("interrupted while it waited for room in a group");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended");
  }

  @Test
  void await_interruptedAsAPlaceBecomesFree_losesNoPlace() throws Exception {
    for (int round = 0; round < 20_000; round++) {
      var width = new Width(1);
      width.await();
      Thread waiting =
          Thread.startVirtualThread(() -> {
            if (catchThrowable(width::await) == null) {
              width.give();
            }
          });
      Thread ending = Thread.startVirtualThread(width::give);
      waiting.interrupt();
      waiting.join();
      ending.join();

      assertThat(width.tryTake()).as("round %d", round).isTrue();
    }
  }

  @Test
  void fork_byATaskOfTheGroup_isRefused(VirtualTime time) {
    Throwable thrown =
        catchThrowable(
            () -> Tasks.group(1).run(group -> group.fork(() -> group.fork(jobs.job("b", 10)))));

    assertThat(thrown)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "a task of a group with a width can't fork into it, as it would wait for room that"
                + " tasks hold: let the body fork, or open another group in the task");
  }

  @Test
  void start_groupIsFull_isRefusedUntilThereIsRoom(VirtualTime time) throws Exception {
    CompletableFuture<String> use =
        Tasks.group(1)
            .useAsync(group -> {
              group.start(jobs.stage("a", 10));
              assertThatThrownBy(() -> group.start(jobs.stage("b", 10)))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessage("task group is full: await room() before a start");
              return group.room().thenCompose(_ -> group.start(jobs.stage("c", 10)));
            });

    assertThat(time.await(use)).isEqualTo("c");
    assertThat(jobs.journal.events()).containsExactly("a done", "a ended", "c done", "c ended");
  }

  @Test
  void start_namedGroupIsFull_isRefusedByName(VirtualTime time) throws Exception {
    CompletableFuture<String> use =
        Tasks.group(1)
            .grace(Duration.ofSeconds(5))
            .named("orders")
            .useAsync(group -> {
              CompletableFuture<String> first = group.start(jobs.stage("a", 10));
              assertThatThrownBy(() -> group.start(jobs.stage("b", 10)))
                  .hasMessage("orders is full: await room() before a start");
              return first;
            });

    assertThat(time.await(use)).isEqualTo("a");
  }

  @Test
  void room_groupIsAsked_fails(VirtualTime time) {
    CompletableFuture<Object> use =
        Tasks.group(1)
            .useAsync(group -> {
              group.start(jobs.failingStage("a", 10));
              return group.room().thenApply(_ -> jobs.journal.events());
            });

    assertThat(catchThrowable(() -> time.await(use)))
        .isInstanceOf(IOException.class)
        .hasNoSuppressedExceptions();
  }

  @Test
  void map_keepsTheOrderAndTheWidth(VirtualTime time) throws Exception {
    List<Integer> items = IntStream.range(0, 20).boxed().toList();

    List<String> results = Tasks.map(items, 3, this::counted);

    assertThat(results).containsExactlyElementsOf(items.stream().map(i -> "r" + i).toList());
    assertThat(most).hasValue(3);
  }

  @Test
  void map_asksForAnItemAsThereIsRoom(VirtualTime time) throws Exception {
    var asked = new ArrayList<Long>();
    Iterable<Integer> items =
        () ->
            new Iterator<>() {
              private int next;

              @Override
              public boolean hasNext() {
                return next < 4;
              }

              @Override
              public Integer next() {
                asked.add(time.elapsed().toMillis());
                return 3 * next++;
              }
            };

    Tasks.map(items, 1, this::counted);

    assertThat(asked).containsExactly(0L, 0L, 10L, 20L);
  }

  @Test
  void map_oneFails_endsTheOthersAndBeginsNoMore(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.map(
                List.of(1, 2, 3, 4, 5),
                2,
                item ->
                    item == 1 ? jobs.failing("1", 10).call() : jobs.job("" + item, 5_000).call()));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("1").hasNoSuppressedExceptions();
    assertThat(jobs.journal.events()).containsExactly("1 fails", "2 interrupted", "2 ended");
  }

  @Test
  void mapAsync_keepsTheOrderAndTheWidth(VirtualTime time) throws Exception {
    List<Integer> items = IntStream.range(0, 20).boxed().toList();

    CompletableFuture<List<String>> results =
        Tasks.mapAsync(items, 3, (item, _) -> Async.callAsync(() -> counted(item)));

    assertThat(time.await(results))
        .containsExactlyElementsOf(items.stream().map(i -> "r" + i).toList());
    assertThat(most).hasValue(3);
  }

  @Test
  void mapAsync_manyAtOnce_needsNoStack(VirtualTime time) throws Exception {
    List<Integer> items = IntStream.range(0, 10_000).boxed().toList();

    CompletableFuture<List<Integer>> results =
        Tasks.mapAsync(items, 1, (item, _) -> CompletableFuture.completedFuture(item));

    assertThat(time.await(results)).isEqualTo(items);
  }

  @Test
  void mapAsync_isCancelled_endsWhatRuns(VirtualTime time) {
    CompletableFuture<List<String>> results =
        Tasks.mapAsync(
            List.of(1, 2, 3),
            2,
            (item, cancellation) ->
                cancellation.cancelling(Async.callAsync(jobs.job("" + item, 5_000))));
    time.settle();
    results.cancel(true);
    time.advance(Duration.ofMillis(10));

    assertThat(results).isCancelled();
    assertThat(jobs.journal.events())
        .containsExactlyInAnyOrder("1 interrupted", "2 interrupted", "1 ended", "2 ended");
  }

  @Test
  void mapAsync_itemsFail_isTheError(VirtualTime time) {
    Iterable<Integer> items =
        () -> {
          throw new IllegalArgumentException("no items");
        };

    assertThat(
            catchThrowable(() ->
                time.await(
                    Tasks.mapAsync(
                        items, 2, (item, _) -> CompletableFuture.completedFuture(item)))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void width_isLessThanOne_isRefused() {
    assertThatThrownBy(() -> Tasks.group(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("width must be at least 1, and is 0");
    assertThatThrownBy(() -> Tasks.supervise(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tasks.mapAsync(List.of(), 0, (_, _) -> null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
