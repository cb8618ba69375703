package dev.withal.tasks;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A task in the list of those that run.
 *
 * <p>Design: the links are in the task itself, so that the list costs no objects. All of them are
 * guarded by the lock of the group.
 */
abstract class Member {
  private @Nullable Member before;
  private @Nullable Member after;

  /**
   * The failure of a task.
   *
   * @param error the error
   * @param task the task
   */
  record Failure(Throwable error, Member task) {}

  /** The one that begins and ends the ring. */
  static final class Anchor extends Member {
    Anchor() {
      super.before = this;
      super.after = this;
    }

    @Override
    void ask(CancellationException request) {}

    @Override
    Object holder() {
      return this;
    }
  }

  /** Asks the task to end. */
  abstract void ask(CancellationException request);

  /** {@return what may add to the error of the task, which has ended} */
  abstract Object holder();

  final boolean isIn() {
    return after != null;
  }

  /** Puts a task at the end, that is, before this anchor. */
  final void insert(Member task) {
    Member last = before;
    if (last != null) {
      last.after = task;
    }
    task.before = last;
    task.after = this;
    before = task;
  }

  final void remove() {
    Member last = before;
    Member next = after;
    if (last != null && next != null) {
      last.after = next;
      next.before = last;
    }
    before = null;
    after = null;
  }

  /** Adds all but the anchor to a list. */
  final void collect(List<Member> all) {
    for (Member at = after; at != null && at != this; at = at.after) {
      all.add(at);
    }
  }
}
