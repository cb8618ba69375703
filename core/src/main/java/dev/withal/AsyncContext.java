package dev.withal;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The result of entering an {@link AsyncContextManager}: a value to use, and the duty to exit once.
 *
 * <p>A context belongs to its caller, who must exit it. {@link AsyncContextManager#use use}, {@link
 * AsyncContextManager#useAsync useAsync} and {@link AsyncExitStack} do so. Only code that builds on
 * the protocol itself calls {@link #exitAsync}, exactly once.
 *
 * @param <T> the type of the value
 */
public interface AsyncContext<T extends @Nullable Object> {

  /**
   * {@return the value to use until the exit; may be null if the manager says so} It may be called
   * more than once and on any thread, and must not block. If it throws, the body counts as failed,
   * and the exit runs.
   */
  T value();

  /**
   * {@return a stage that completes exceptionally, with the reason, if the value is lost while the
   * body still runs, for example because a lease expired or a session broke} The body is then asked
   * to end, and is cancelled with that reason. Null, the default, if the value can't be lost.
   */
  default @Nullable CompletionStage<?> lost() {
    return null;
  }

  /**
   * Begins the exit, and returns without waiting for it to be done.
   *
   * <p>It is the counterpart of {@code __aexit__} in PEP 492, with one difference: an exit that
   * <em>fails</em> (throws, returns null, or returns a stage that completes exceptionally) doesn't
   * replace the body's error. Its own error is added to that as a suppressed exception. To replace
   * the body's error, complete with {@link Verdict#replaceWith}.
   *
   * <p>It is called on the thread that ended the step before, on the executor of {@link
   * AsyncContextManager#on on}, or, past the grace period, on a thread of its own. It must not
   * block. Cancellation and interruption don't reach it.
   *
   * @param how how the body ended, as the exits before this one left it
   * @return a stage that completes with the verdict once everything is released
   */
  CompletionStage<Verdict> exitAsync(ExitCase how);
}
