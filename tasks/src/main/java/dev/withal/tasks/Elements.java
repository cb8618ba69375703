package dev.withal.tasks;

import dev.withal.AsyncBody;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Elements that come from elsewhere while a body consumes them, until its context exits.
 *
 * <p>In direct style it is the subject of a {@code for} statement. A body may leave that early: the
 * source is closed with the context, and not with the loop.
 *
 * {@snippet class="dev.withal.tasks.guide.ElementsTest" region="produce"}
 *
 * <p>Each element goes to one consumer. Any number of threads may consume, each by an iterator of
 * its own, as may tasks in stage style. Thread-safe, but for the iterators. A null argument is
 * refused with a {@link NullPointerException}.
 *
 * @param <T> the type of the elements
 */
public final class Elements<T> implements Iterable<T> {
  private final Buffer<T> buffer;

  Elements(Buffer<T> buffer) {
    this.buffer = buffer;
  }

  /**
   * {@return an iterator over the elements that nobody else consumes} Its {@code hasNext} and
   * {@code next} block until an element comes, or the end. They throw the error of the source
   * unchanged, also a checked one, after the elements before it; an {@link InterruptedException} if
   * the thread is interrupted; and an {@link IllegalStateException} on a thread that runs an event
   * loop, and after the exit.
   */
  @Override
  public Iterator<T> iterator() {
    return new Iterator<>() {
      private @Nullable T next;

      @Override
      public boolean hasNext() {
        next = next == null ? buffer.take() : next;
        return next != null;
      }

      @Override
      public T next() {
        if (!hasNext()) {
          throw new NoSuchElementException("there are no more elements");
        }
        T taken = Objects.requireNonNull(next);
        next = null;
        return taken;
      }
    };
  }

  /**
   * {@return a future of the next element, which is empty at the end} It fails with the error of
   * the source, after the elements before it, and with an {@link IllegalStateException} after the
   * exit. Cancelling it takes no element.
   */
  public CompletableFuture<Optional<T>> nextAsync() {
    return buffer.takeAsync();
  }

  /**
   * Calls an action for each element that nobody else consumes, one after the other, without
   * blocking.
   *
   * @param action begins to work with an element; the next one is taken when its stage completes
   * @return a future that completes with null at the end, or fails with the error of the source or
   *     of the action; asking it to end lets the action that runs end, and takes no more elements
   */
  public CompletableFuture<@Nullable Void> forEachAsync(AsyncBody<? super T, ?> action) {
    Objects.requireNonNull(action, "action");
    return ForEach.run(this, action);
  }
}
