package dev.withal.tasks;

import dev.withal.Async;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The places for tasks in a group that runs a bounded number of them.
 *
 * <p>Design: whoever waits is a thread that blocks in {@code fork}, so no more wait than there are
 * threads; a free place goes to the first of them. Asking whether there is room takes no place.
 * Futures are completed outside the lock, as they run code of others.
 */
final class Width {
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private int free;
  private final Queue<CompletableFuture<@Nullable Void>> waiting = new ArrayDeque<>();
  private CompletableFuture<@Nullable Void> room = CompletableFuture.completedFuture(null);
  private @Nullable CancellationException refused;

  Width(int width) {
    free = width;
  }

  static void check(int width) {
    if (width < 1) {
      throw new IllegalArgumentException("width must be at least 1, and is " + width);
    }
  }

  /** Takes a place, if one is free. {@return whether it did} */
  boolean tryTake() {
    lock.lock();
    try {
      if (free == 0) {
        return false;
      }
      taken();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a place, and blocks until one is free. */
  void await() throws InterruptedException {
    CompletableFuture<@Nullable Void> place = take();
    if (place == null) {
      return;
    }
    try {
      Async.<@Nullable Void, RuntimeException>await(place);
    } catch (Throwable refused) {
      leave(place);
      throw refused;
    }
  }

  /** {@return a future that is done when the caller has a place; null if it has one now} */
  private @Nullable CompletableFuture<@Nullable Void> take() {
    lock.lock();
    try {
      if (free > 0) {
        taken();
        return null;
      }
      if (refused != null) {
        return CompletableFuture.failedFuture(refused);
      }
      var place = new CompletableFuture<@Nullable Void>();
      waiting.add(place);
      return place;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Needs the lock. Guard against race with the end of a task, which has made the room that is
   * taken here: it completes the old future only in a moment, and that mustn't say that there is
   * room now.
   */
  private void taken() {
    free--;
    if (free == 0 && refused == null) {
      room = new CompletableFuture<>();
    }
  }

  /** The caller waits no longer. */
  private void leave(CompletableFuture<@Nullable Void> place) {
    boolean waited;
    lock.lock();
    try {
      waited = waiting.removeIf(other -> other == place);
    } finally {
      lock.unlock();
    }
    if (!waited) {
      // Guard against race with the end of a task, which gives its place to this caller: it has
      // taken the future from the queue, and completes it now or in a moment.
      place.thenRun(this::give);
    }
  }

  /** Gives a place back. */
  void give() {
    CompletableFuture<@Nullable Void> next;
    lock.lock();
    try {
      next = waiting.poll();
      if (next == null) {
        free++;
        next = room;
      }
    } finally {
      lock.unlock();
    }
    next.complete(null);
  }

  /** {@return a future that is done when a place is free} */
  CompletableFuture<@Nullable Void> room() {
    lock.lock();
    try {
      return room.copy();
    } finally {
      lock.unlock();
    }
  }

  /** Refuses all callers that wait, now or later. */
  void refuse(CancellationException why) {
    var left = new ArrayDeque<CompletableFuture<@Nullable Void>>();
    lock.lock();
    try {
      refused = why;
      left.addAll(waiting);
      waiting.clear();
      left.add(room);
      room = CompletableFuture.failedFuture(why);
    } finally {
      lock.unlock();
    }
    left.forEach(one -> one.completeExceptionally(why));
  }
}
