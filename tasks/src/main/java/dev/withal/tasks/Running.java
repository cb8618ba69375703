package dev.withal.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a group that run, and whether more can begin.
 *
 * <p>Design: the thread that begins tasks and those on which they end are at work at the same time,
 * so a lock or a count that all of them touch for each task costs more than all else here. So tasks
 * have places in blocks: a beginner takes the next place of the latest block, a task that leaves
 * clears its own, and both need the lock once for a block. A block stays until all its places have
 * been taken and left. The group goes on while there is one, or its body runs. When the body ends,
 * the places that nobody has taken are given up, and later blocks have one each.
 */
final class Running {
  private static final int FIRST = 8;

  private final ReentrantLock lock = new ReentrantLock();
  private final int largest;

  // Guarded by the lock: the blocks that stay, between the ends of this one, which has no places.
  private final Block ring = new Block(0);
  private boolean bodyIsOver;

  /** Also after it has gone: then it is full. */
  private volatile Block latest = ring;

  /** Places that tasks take one after the other, and leave in any order. */
  static final class Block {
    private final AtomicReferenceArray<@Nullable Member> places;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();
    // Guarded by the lock.
    private Block before = this;
    private Block after = this;

    Block(int size) {
      places = new AtomicReferenceArray<>(size);
    }

    private int size() {
      return places.length();
    }

    /** {@return the next place; at or past the end if it is full, however often it was asked} */
    private int take() {
      int next = taken.get();
      return next < size() ? taken.getAndIncrement() : next;
    }

    /** {@return whether all places have been taken and left now} */
    private boolean leave(int more) {
      return left.addAndGet(more) == size();
    }
  }

  private Running(int largest) {
    this.largest = largest;
  }

  static Running inBlocks() {
    return new Running(64);
  }

  /** {@return one in which a task that leaves is seen to have left at once} */
  static Running oneByOne() {
    return new Running(1);
  }

  /** Puts a task in its place, and counts it. {@return false if all has ended} */
  boolean add(Member task) {
    Block block = latest;
    int place = block.take();
    while (place >= block.size()) {
      Block next = after(block);
      if (next == null) {
        return false;
      }
      block = next;
      place = block.take();
    }
    task.isAt(block, place);
    block.places.set(place, task);
    return true;
  }

  /** {@return the block after one that is full; null if nothing begins any more} */
  private @Nullable Block after(Block full) {
    lock.lock();
    try {
      if (latest != full) {
        return latest;
      }
      if (hasEnded()) {
        return null;
      }
      int size = bodyIsOver ? 1 : Math.min(Math.max(2 * full.size(), FIRST), largest);
      var block = new Block(size);
      block.before = ring.before;
      block.after = ring;
      ring.before.after = block;
      ring.before = block;
      latest = block;
      return block;
    } finally {
      lock.unlock();
    }
  }

  /** A task is counted no more. {@return whether it was the last one, so that all has ended} */
  boolean remove(Block block, int place) {
    block.places.lazySet(place, null);
    if (!block.leave(1)) {
      return false;
    }
    lock.lock();
    try {
      return goes(block);
    } finally {
      lock.unlock();
    }
  }

  /** The body has ended. {@return whether no task runs, so that all has ended} */
  boolean endBody() {
    lock.lock();
    try {
      bodyIsOver = true;
      Block block = latest;
      int size = block.size();
      int open = size - Math.min(block.taken.getAndSet(size), size);
      return (open > 0 && block.leave(open)) ? goes(block) : hasEnded();
    } finally {
      lock.unlock();
    }
  }

  /** Needs the lock. {@return whether all has ended} */
  private boolean goes(Block block) {
    block.before.after = block.after;
    block.after.before = block.before;
    return hasEnded();
  }

  /** Needs the lock. */
  private boolean hasEnded() {
    return bodyIsOver && ring.after == ring;
  }

  /** {@return whether no task runs} Only one that is {@link #oneByOne} knows. */
  boolean isEmpty() {
    lock.lock();
    try {
      return ring.after == ring;
    } finally {
      lock.unlock();
    }
  }

  /** {@return all that run, in the order in which they began} */
  List<Member> all() {
    var all = new ArrayList<Member>();
    lock.lock();
    try {
      for (Block block = ring.after; block != ring; block = block.after) {
        for (int place = 0; place < block.size(); place++) {
          Member task = block.places.get(place);
          if (task != null) {
            all.add(task);
          }
        }
      }
    } finally {
      lock.unlock();
    }
    return all;
  }
}
