package dev.withal;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What entering an {@link AsyncContextManager} gives: a value to use, and the duty to exit once.
 *
 * <p>A context belongs to whoever entered it. {@link AsyncContextManager#use use}, {@link
 * AsyncContextManager#useAsync useAsync} and {@link AsyncExitStack} fulfil the duty; only code that
 * builds on the protocol itself calls {@link #exitAsync}, and then exactly once.
 *
 * @param <T> the type of the value
 */
public interface AsyncContext<T extends @Nullable Object> {

  /** {@return the value to use until the exit; may be null if the manager says so} */
  T value();

  /**
   * {@return a stage that completes exceptionally, with the reason, if the value is no longer good
   * although the body still runs: a lease that ran out, a session that broke} The body is then
   * asked to end, and is cancelled with that reason. Null, as by default, if the context never says
   * so.
   */
  default @Nullable CompletionStage<?> lost() {
    return null;
  }

  /**
   * Begins the exit, and returns before it is done if it has to wait for something.
   *
   * <p>It is the counterpart of {@code __aexit__} in PEP 492, with one difference: an exit that
   * <em>fails</em> (throws, returns null, or a stage that completes exceptionally) doesn't replace
   * the body's error, it is added to it as a suppressed exception. To replace it, complete with
   * {@link Verdict#replaceWith}.
   *
   * <p>The call comes on whichever thread the body ended on and must not block that thread.
   * Cancellation and interruption don't reach it.
   *
   * @param how how the body ended, as the exits before this one left it
   * @return a stage that completes with the verdict once everything is released
   */
  CompletionStage<Verdict> exitAsync(ExitCase how);
}
