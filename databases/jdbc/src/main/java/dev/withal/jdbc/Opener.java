package dev.withal.jdbc;

import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The thread that opens a connection, which may be interrupted when nobody waits for that any more.
 *
 * <p>Design: a driver can't be asked to stop opening a connection. Interrupting a virtual thread
 * that reads from a socket closes the socket, and at that point the connection consists of nothing
 * else. A thread that isn't ours, or that waits for something else such as H2's file, is left
 * alone.
 */
final class Opener {
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Thread thread;

  /** Opens a connection, or checks one. */
  interface Opening {
    Physical open() throws SQLException;
  }

  Physical run(Opening opening) throws SQLException {
    set(Thread.currentThread());
    try {
      return opening.open();
    } finally {
      set(null);
      if (VirtualThreads.areOurs(Thread.currentThread())) {
        // Guard against race with the interrupting thread: this thread goes on to something else.
        Thread.interrupted();
      }
    }
  }

  private void set(@Nullable Thread other) {
    lock.lock();
    try {
      thread = other;
    } finally {
      lock.unlock();
    }
  }

  /** Interrupts the thread if it is one of ours and waits for a network. */
  void interrupt() {
    lock.lock();
    try {
      Thread waiting = thread;
      if (waiting != null && VirtualThreads.areOurs(waiting) && isInSocket(waiting)) {
        waiting.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private static boolean isInSocket(Thread waiting) {
    for (StackTraceElement frame : waiting.getStackTrace()) {
      if (frame.getClassName().equals("java.net.Socket")
          || frame.getClassName().startsWith("java.net.Socket$")
          || frame.getClassName().equals("sun.nio.ch.SocketChannelImpl")) {
        return true;
      }
    }
    return false;
  }
}
