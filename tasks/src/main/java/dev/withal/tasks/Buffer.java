package dev.withal.tasks;

import dev.withal.Async;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of elements between a source and its consumers.
 *
 * <p>Design: an element is handed to a waiting consumer or put in the queue. A consumer that has
 * gone by then doesn't take it, and it goes to the next one. Futures are completed outside the
 * lock, as they run code of others; so who comes by meanwhile may see an element later than one
 * that came after it, but only among consumers that wait at the same time.
 */
final class Buffer<T> {
  private static final String CLOSED =
      "the elements are closed: consume them inside of their context";

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private final int capacity;
  private final Queue<T> elements = new ArrayDeque<>();
  private final ArrayDeque<CompletableFuture<Optional<T>>> consumers = new ArrayDeque<>();
  private final Queue<CompletableFuture<@Nullable Void>> producers = new ArrayDeque<>();
  private boolean ended;
  private boolean closed;
  private boolean refusesProducers;
  private @Nullable Throwable error;

  /** Whether a consumer came after the end, and so knows of it. */
  private boolean told;

  /** Those that waited as the end came, and are told of it unless they have gone. */
  private List<CompletableFuture<Optional<T>>> telling = List.of();

  /** Called when an element was taken. */
  private final Runnable taken;

  Buffer(int capacity, Runnable taken) {
    this.capacity = capacity;
    this.taken = taken;
  }

  static void check(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, and is " + capacity);
    }
  }

  // ---- the source ------------------------------------------------------------------------------

  /** Puts an element; blocks until there is room. */
  void put(T element) throws InterruptedException {
    CompletableFuture<@Nullable Void> room = tryPut(element);
    while (room != null) {
      try {
        Async.<@Nullable Void, RuntimeException>await(room);
      } catch (CancellationException refused) {
        // The producer's own thread was interrupted before that, and is told of it as usual.
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        throw refused;
      } finally {
        leave(room);
      }
      room = tryPut(element);
    }
  }

  /** Puts an element, if there is room. {@return whether there was, or nothing more is taken} */
  boolean offer(T element) {
    CompletableFuture<@Nullable Void> room = tryPut(element);
    if (room == null) {
      return true;
    }
    leave(room);
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** {@return null if the element was put; else what is done when there is room} */
  private @Nullable CompletableFuture<@Nullable Void> tryPut(T element) {
    CompletableFuture<Optional<T>> consumer;
    do {
      lock.lock();
      try {
        if (ended) {
          throw new IllegalStateException("the producer has ended: nothing can be put any more");
        }
        if (refusesProducers) {
          return CompletableFuture.failedFuture(refusal());
        }
        consumer = consumers.poll();
        if (consumer == null && hasRoom()) {
          elements.add(element);
          return null;
        }
        if (consumer == null) {
          var room = new CompletableFuture<@Nullable Void>();
          producers.add(room);
          return room;
        }
      } finally {
        lock.unlock();
      }
      // Guard against race with a consumer that has gone, and doesn't take it.
    } while (!consumer.complete(Optional.of(element)));
    taken.run();
    return null;
  }

  /** Needs the lock. */
  private boolean hasRoom() {
    return !closed && elements.size() < capacity;
  }

  /** A producer waits no longer; if it was told of room, the next one is. */
  private void leave(CompletableFuture<@Nullable Void> room) {
    CompletableFuture<@Nullable Void> next = null;
    lock.lock();
    try {
      boolean waits = producers.removeIf(other -> other == room);
      if (!waits && hasRoom()) {
        next = producers.poll();
      }
    } finally {
      lock.unlock();
    }
    if (next != null) {
      next.complete(null);
    }
  }

  private static CancellationException refusal() {
    return new CancellationException("the elements are closed: nothing can be put any more");
  }

  /** Refuses those that put elements, now or later. */
  void refuseProducers() {
    var left = new ArrayDeque<CompletableFuture<@Nullable Void>>();
    lock.lock();
    try {
      refusesProducers = true;
      left.addAll(producers);
      producers.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(room -> room.completeExceptionally(refusal()));
  }

  /**
   * No more elements come; after those that are here comes the error, if there is one. Others that
   * still put elements are refused.
   */
  void end(@Nullable Throwable failure) {
    List<CompletableFuture<Optional<T>>> left;
    var waiting = new ArrayDeque<CompletableFuture<@Nullable Void>>();
    lock.lock();
    try {
      if (ended) {
        return;
      }
      ended = true;
      error = failure;
      left = List.copyOf(consumers);
      telling = left;
      consumers.clear();
      waiting.addAll(producers);
      producers.clear();
    } finally {
      lock.unlock();
    }
    for (CompletableFuture<Optional<T>> consumer : left) {
      tellEnd(consumer);
    }
    waiting.forEach(room -> room.complete(null));
  }

  private void tellEnd(CompletableFuture<Optional<T>> consumer) {
    Throwable failure = error;
    if (failure == null) {
      consumer.complete(Optional.empty());
    } else {
      consumer.completeExceptionally(failure);
    }
  }

  /**
   * Needs the lock. A consumer counts before it is told, as it may exit the context as soon as it
   * knows.
   */
  private boolean isTold() {
    return told || telling.stream().anyMatch(this::hears);
  }

  /** Whether a consumer that waited has the error, or will have it, and wasn't cancelled before. */
  private boolean hears(CompletableFuture<Optional<T>> consumer) {
    return !consumer.isDone()
        || consumer.<@Nullable Throwable>handle((ignored, thrown) -> thrown).join() == error;
  }

  /** {@return whether the source has failed, and a consumer knows of it} */
  boolean errorIsTold() {
    lock.lock();
    try {
      return error != null && isTold();
    } finally {
      lock.unlock();
    }
  }

  /** {@return what the source has failed with, unless a consumer knows of it} */
  @Nullable Throwable errorLeft() {
    lock.lock();
    try {
      return isTold() ? null : error;
    } finally {
      lock.unlock();
    }
  }

  // ---- the consumers ---------------------------------------------------------------------------

  /** {@return the next element; null at the end} */
  @Nullable T take() {
    Async.refuseEventLoop("a loop over elements", "forEachAsync");
    CompletableFuture<Optional<T>> next = takeAsync();
    try {
      return Async.<Optional<T>, RuntimeException>await(next).orElse(null);
    } catch (InterruptedException interruption) {
      // Guard against race with an element or the end, which came as the thread was interrupted.
      Throwable failure =
          next.cancel(false)
              ? interruption
              : next.<@Nullable Throwable>handle((ignored, thrown) -> thrown).join();
      boolean isOfSource = failure == null || failure == error;
      // The source may have failed with an interruption of its own.
      if (isOfSource && failure != interruption) {
        Thread.currentThread().interrupt();
      }
      if (failure != null) {
        throw Buffer.<RuntimeException>unchecked(isOfSource ? failure : interruption);
      }
      return next.resultNow().orElse(null);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> X unchecked(Throwable error) throws X {
    throw (X) error;
  }

  CompletableFuture<Optional<T>> takeAsync() {
    var consumer = new CompletableFuture<Optional<T>>();
    CompletableFuture<@Nullable Void> producer;
    T element;
    boolean refused;
    lock.lock();
    try {
      refused = closed;
      element = refused ? null : elements.poll();
      if (element == null && !ended && !refused) {
        consumers.removeIf(CompletableFuture::isDone);
        consumers.add(consumer);
        return consumer;
      }
      told |= element == null && !refused;
      producer = producers.poll();
    } finally {
      lock.unlock();
    }
    if (element != null) {
      consumer.complete(Optional.of(element));
      taken.run();
    } else if (refused) {
      consumer.completeExceptionally(new IllegalStateException(CLOSED));
    } else {
      tellEnd(consumer);
    }
    if (producer != null) {
      producer.complete(null);
    }
    return consumer;
  }

  /** Drops what is left, and refuses those that consume, now or later. */
  void close() {
    ArrayDeque<CompletableFuture<Optional<T>>> left;
    lock.lock();
    try {
      closed = true;
      elements.clear();
      left = new ArrayDeque<>(consumers);
      consumers.clear();
    } finally {
      lock.unlock();
    }
    for (CompletableFuture<Optional<T>> consumer : left) {
      consumer.completeExceptionally(new IllegalStateException(CLOSED));
    }
  }
}
