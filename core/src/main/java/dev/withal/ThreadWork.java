package dev.withal;

import dev.withal.internal.Trampoline;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A future that is done when work on a thread of ours has ended, or has come to some point.
 *
 * <p>Design: a thread knows the future that it works for, and that one the future of ours that its
 * thread waits for. So a use that waits for its own end by way of a thread is found by {@link
 * Ring}, as one is that does so by futures only. Nobody is asked along this way: the thread that
 * waits is interrupted, and asks by itself.
 */
abstract sealed class ThreadWork<R extends @Nullable Object> extends RequestFuture<R>
    permits Coroutine, ThreadWork.End {
  private static final ThreadLocal<@Nullable ThreadWork<?>> OF_THREAD = new ThreadLocal<>();

  /** Whether any thread has ever worked for one. Until then, looking for it costs this one read. */
  private static volatile boolean used;

  private volatile @Nullable CompletableFuture<?> waitedFor;

  /** Whether the thread blocks in a wait of our own; used by that thread only. */
  private boolean blocks;

  /**
   * On whose behalf this exits. The stages between the two may not show that they wait for this.
   */
  private volatile @Nullable Object whole;

  /** The calling thread, which ends with this work, works for it from here on. */
  final void begin() {
    if (!used) {
      used = true;
    }
    OF_THREAD.set(this);
  }

  /** {@return the action of a new thread that the calling one waits for, as part of its work} */
  static Runnable continuing(Runnable action) {
    ThreadWork<?> own = used ? OF_THREAD.get() : null;
    return own == null
        ? action
        : () -> {
          own.begin();
          action.run();
        };
  }

  /** This is an exit on somebody's behalf. */
  final void exitsFor(Object by) {
    whole = by;
  }

  /**
   * The calling thread is about to wait for a future.
   *
   * @return the wait, to be given to {@link #end}; null if the thread works for nothing of ours
   * @throws IllegalStateException if that future waits for what the thread works for, or for the
   *     use whose function it runs
   */
  static @Nullable Wait beginToWait(CompletableFuture<?> future) {
    if (!(future instanceof Waits other) || future.isDone()) {
      return null;
    }
    Running.refuseToWaitFor(other);
    ThreadWork<?> own = used ? OF_THREAD.get() : null;
    return own == null || own.blocks || own.isDone() ? null : new Wait(own, future, other);
  }

  /** The same for a thread that blocks in a step, once it has done what it has put aside. */
  static @Nullable Wait catchUpAndWait(CompletableFuture<?> future) {
    if (future.isDone()) {
      return null;
    }
    Trampoline.catchUp();
    return beginToWait(future);
  }

  /**
   * The calling thread blocks in one of our own waits, where {@code get} refuses nothing: the
   * waiting code couldn't release what arrives later.
   *
   * @return what to give to {@link #unblock}
   */
  static @Nullable ThreadWork<?> block() {
    ThreadWork<?> own = used ? OF_THREAD.get() : null;
    if (own == null || own.blocks) {
      return null;
    }
    own.blocks = true;
    return own;
  }

  static void unblock(@Nullable ThreadWork<?> blocked) {
    if (blocked != null) {
      blocked.blocks = false;
    }
  }

  static void end(@Nullable Wait wait) {
    if (wait != null) {
      wait.end();
    }
  }

  /** A wait of a thread that works for a future of ours. */
  static final class Wait {
    private final ThreadWork<?> work;
    private final @Nullable CompletableFuture<?> outer;
    private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();

    private Wait(ThreadWork<?> work, CompletableFuture<?> future, Waits other) {
      this.work = work;
      outer = work.waitedFor;
      // A use looks for a ring only if something depends on it: this does until the wait is over,
      // as the use may live on. Guard against race with one that begins to wait for this work:
      // either it finds this wait, or we find that it waits.
      Callback.until(over, future, (ignored, unused) -> {});
      work.waitedFor = future;
      IllegalStateException endless = Ring.of(work, other);
      endless = endless == null ? Ring.inExitOf(work.whole, other) : endless;
      if (endless != null) {
        end();
        throw endless;
      }
    }

    private void end() {
      work.waitedFor = outer;
      over.complete(null);
    }
  }

  @Override
  public final @Nullable Waits waitsFor() {
    CompletableFuture<?> other = waitedFor;
    return other == null || other.isDone() ? null : (Waits) other;
  }

  /** Not this one: the code in there may take no notice of an interruption. */
  @Override
  final boolean keepsGrace() {
    return false;
  }

  /** The end of work that can't be asked for one. */
  static final class End<R extends @Nullable Object> extends ThreadWork<R> {
    /** {@return the end of an exit on somebody's behalf} */
    static <R extends @Nullable Object> End<R> ofExit(Object by) {
      var exit = new End<R>();
      exit.exitsFor(by);
      return exit;
    }

    /** Does the work on the calling thread, which goes on then with what it worked for before. */
    <V extends @Nullable Object> V work(Supplier<V> task) {
      ThreadWork<?> before = OF_THREAD.get();
      begin();
      try {
        return task.get();
      } finally {
        if (before == null) {
          OF_THREAD.remove();
        } else {
          OF_THREAD.set(before);
        }
      }
    }

    @Override
    boolean accepts(Request request) {
      return false;
    }

    @Override
    @Nullable RequestFuture<?> onAccepted(Request request) {
      return null;
    }
  }
}
