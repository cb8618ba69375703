package dev.withal.jdbc;

import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/**
 * Calls back when the thread that makes a call is interrupted, at that moment.
 *
 * <p>Design: a thread that waits in a driver can't check its own interrupt flag. But the JDK closes
 * an interruptible channel when a thread that performs I/O on it is interrupted. So this is a
 * channel without any I/O. It is closed by the interrupting thread, which may hold a lock, so the
 * callback must be quick. While a driver performs I/O on a channel of its own, that channel is
 * closed instead of this one.
 */
final class Interruption extends AbstractInterruptibleChannel {
  private final Runnable told;

  /**
   * @param told the callback, called once, and immediately if the thread is already interrupted;
   *     must not throw or block
   */
  Interruption(Runnable told) {
    this.told = told;
  }

  /** Runs a call on the calling thread. */
  void tellDuring(Runnable call) {
    begin();
    try {
      call.run();
    } finally {
      try {
        end(true);
      } catch (AsynchronousCloseException ignored) {
        // The callback has been called, and the flag is set.
      }
    }
  }

  @Override
  protected void implCloseChannel() {
    told.run();
  }
}
