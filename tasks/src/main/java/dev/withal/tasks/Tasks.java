package dev.withal.tasks;

import dev.withal.Async;
import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes groups of tasks: contexts that hold concurrent work, which has ended when they have.
 *
 * {@snippet class="dev.withal.tasks.guide.TasksTest" region="group"}
 *
 * <p>The body of a group counts as one of its tasks. The use waits for all of them, in direct style
 * and in stage style. The managers of this class differ in what the end of one task means for the
 * others.
 *
 * <p>If the body fails, or the use is asked to end by cancellation, interruption, a timeout or the
 * loss of a value around it, the tasks are asked to end and awaited, without a bound: nothing
 * outlives the group. A task is asked as any use is: a {@linkplain TaskGroup#fork forked} one by
 * the interruption of its thread, a {@linkplain TaskGroup#start started} one by its {@link
 * dev.withal.Cancellation}.
 *
 * <p>Once the body has ended, tasks that still run belong to the body, and requests reach them. An
 * {@link dev.withal.AsyncExitStack} has no body of its own that could wait for them; there they are
 * awaited by the group's exit, which is shielded. So end the tasks of such a group by the body.
 *
 * <p>{@link #produce(Body.Action) produce} and {@link #subscribe} make elements that come from
 * elsewhere while a body consumes them.
 *
 * <p>A null argument is refused with a {@link NullPointerException}.
 */
public final class Tasks {
  private Tasks() {}

  /**
   * {@return a manager of a group in which every task must succeed} When one fails, the others and
   * the body are asked to end and awaited, and the use fails with that error. Errors of others are
   * added to it as suppressed exceptions, each once. The counterpart of {@code asyncio.TaskGroup}.
   */
  public static AsyncContextManager<TaskGroup> group() {
    return manager("task group", name -> new Group(name, null));
  }

  /**
   * {@return a manager like {@link #group()}, of which at most {@code width} tasks run at the same
   * time} {@link TaskGroup#fork} blocks until there is room, and {@link TaskGroup#room} tells when
   * there is.
   *
   * @param width how many tasks run at the same time at most
   * @throws IllegalArgumentException if {@code width} is less than 1
   */
  public static AsyncContextManager<TaskGroup> group(int width) {
    Width.check(width);
    return manager("task group", name -> new Group(name, new Width(width)));
  }

  /**
   * {@return a manager of a group whose tasks don't depend on one another} A task that fails asks
   * nobody to end. When all have ended, the use fails with the first error, to which the others are
   * added as suppressed exceptions.
   */
  public static AsyncContextManager<TaskGroup> supervise() {
    return manager("supervised group", name -> new Group.Supervised(name, null));
  }

  /**
   * {@return a manager like {@link #supervise()}, of which at most {@code width} tasks run at the
   * same time}
   *
   * @param width how many tasks run at the same time at most
   * @throws IllegalArgumentException if {@code width} is less than 1
   */
  public static AsyncContextManager<TaskGroup> supervise(int width) {
    Width.check(width);
    return manager("supervised group", name -> new Group.Supervised(name, new Width(width)));
  }

  /**
   * {@return a manager of a group in which one task must succeed} The first success asks the others
   * to end. If all fail, the use fails with the first error, to which the others are added as
   * suppressed exceptions; once one has succeeded, the errors of others are in their futures alone.
   *
   * {@snippet class="dev.withal.tasks.guide.TasksTest" region="race"}
   *
   * @param <R> the type of the result
   */
  public static <R extends @Nullable Object> AsyncContextManager<Race<R>> race() {
    return new GroupManager<Race<R>>(
        "race",
        name -> {
          var group = new RaceGroup<R>(name);
          return new GroupContext<>(name, group, new Race<>(group));
        });
  }

  /**
   * Applies a function that may block to each item, each on a virtual thread of its own, and waits
   * for all. The first failure asks the others to end, as in {@link #group()}.
   *
   * {@snippet class="dev.withal.tasks.guide.TasksTest" region="map"}
   *
   * @param items the items; the next one is asked for when there is room for it
   * @param width how many calls run at the same time at most
   * @param function the function to apply
   * @param <T> the type of the items
   * @param <R> the type of the results
   * @param <X> the checked exception that the function may throw
   * @return the results, in the order of the items
   * @throws X if the function fails: its first error, to which others are added
   * @throws InterruptedException if the calling thread is interrupted; all calls have ended then
   * @throws IllegalArgumentException if {@code width} is less than 1
   */
  public static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      List<R> map(Iterable<? extends T> items, int width, Body<? super T, ? extends R, X> function)
          throws X, InterruptedException {
    Objects.requireNonNull(items, "items");
    Objects.requireNonNull(function, "function");
    Async.refuseEventLoop("map", "mapAsync");
    return group(width)
        .<List<R>, X>use(group -> {
          var results = new ArrayList<CompletableFuture<R>>();
          for (T item : items) {
            results.add(group.<R>forkInterruptibly(() -> function.apply(item)));
          }
          var values = new ArrayList<R>(results.size());
          for (CompletableFuture<R> result : results) {
            values.add(Async.<R, X>await(result));
          }
          return values;
        });
  }

  /**
   * Applies a function that doesn't block to each item. The first failure asks the others to end,
   * as in {@link #group()}.
   *
   * @param items the items; the next one is asked for when there is room for it, on the thread on
   *     which that is so; must not block
   * @param width how many of the function's stages are pending at the same time at most
   * @param function begins the work for one item; is told when it is asked to end
   * @param <T> the type of the items
   * @param <R> the type of the results
   * @return a future of the results, in the order of the items; it is done when all work has ended,
   *     and asking it to end asks that
   * @throws IllegalArgumentException if {@code width} is less than 1
   */
  public static <T extends @Nullable Object, R extends @Nullable Object>
      CompletableFuture<List<R>> mapAsync(
          Iterable<? extends T> items,
          int width,
          AsyncBody.Cancellable<? super T, ? extends R> function) {
    Objects.requireNonNull(items, "items");
    Objects.requireNonNull(function, "function");
    Width.check(width);
    return group()
        .<List<R>>useAsync(group -> new Mapping<T, R>(group, items, width, function).run());
  }

  // ---- elements --------------------------------------------------------------------------------

  /**
   * {@return a manager of elements that a producer makes on a virtual thread of its own, at most
   * one ahead of the consumers}
   *
   * {@snippet class="dev.withal.tasks.guide.ElementsTest" region="produce"}
   *
   * <p>The producer begins with the enter. The exit interrupts it, unless it has ended, and waits
   * until it has: so the contexts that it is in are exited, and a body may leave its loop early.
   *
   * <p>If the producer fails, a consumer gets that error after the elements before it; if no
   * consumer has come so far, the exit fails with it. The counterpart of an asynchronous generator
   * in Python under {@code contextlib.aclosing}.
   *
   * @param producer puts the elements; may block
   * @param <T> the type of the elements
   */
  public static <T> AsyncContextManager<Elements<T>> produce(
      Body.Action<? super Output<T>, ?> producer) {
    return produce(1, producer);
  }

  /**
   * {@return a manager like {@link #produce(Body.Action)}, whose producer is at most {@code
   * capacity} elements ahead of the consumers}
   *
   * @param capacity how many elements wait for a consumer at most
   * @param producer puts the elements; may block
   * @param <T> the type of the elements
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public static <T> AsyncContextManager<Elements<T>> produce(
      int capacity, Body.Action<? super Output<T>, ?> producer) {
    Objects.requireNonNull(producer, "producer");
    Buffer.check(capacity);
    return new GroupManager<>("producer", name -> new Production<>(name, capacity, producer));
  }

  /**
   * {@return a manager of the elements of a publisher} The enter subscribes, and the exit cancels
   * the subscription. No more elements are requested than fit.
   *
   * <p>If the publisher fails, a consumer gets that error after the elements before it; if no
   * consumer has come so far, the exit fails with it.
   *
   * @param publisher the publisher to subscribe to
   * @param capacity how many elements wait for a consumer at most
   * @param <T> the type of the elements
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public static <T> AsyncContextManager<Elements<T>> subscribe(
      Flow.Publisher<? extends T> publisher, int capacity) {
    Objects.requireNonNull(publisher, "publisher");
    Buffer.check(capacity);
    return new GroupManager<>("subscription", name -> Subscribed.<T>to(publisher, name, capacity));
  }

  private static AsyncContextManager<TaskGroup> manager(
      String name, Function<String, Group> groups) {
    return new GroupManager<>(
        name,
        named -> {
          Group group = groups.apply(named);
          return new GroupContext<>(named, group, new TaskGroup(group));
        });
  }
}
