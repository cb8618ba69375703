package dev.withal.jdbc;

import dev.withal.internal.Shield;
import java.util.concurrent.Executor;

/**
 * The place where the driver is called: an executor, or the waiting thread.
 *
 * <p>Design: a thread that waits for a call may as well make it, provided that an interruption
 * doesn't harm the driver. That depends on the object from which the driver reads. A platform
 * thread's read from a socket survives an interruption; a virtual thread's read closes the socket,
 * and any thread's read from H2's file closes the file. In an exit, most interruptions are held
 * back, and a call couldn't tell which.
 *
 * <p>If the server is silent, a thread that makes a call returns from it only when the driver
 * closes its socket. A virtual thread's interruption does so. A platform thread depends on the
 * abort of the connection, so it makes no calls to a driver whose abort waits for the server as
 * well.
 *
 * @param executor where the driver is called, unless the waiting thread calls it
 * @param callers the threads that may call the driver themselves
 */
record Where(Executor executor, Callers callers) {
  /**
   * The threads that may call a driver that reads from sockets, instead of waiting for the call.
   */
  enum Callers {
    NONE,
    PLATFORM,
    ALL
  }

  /** The default. */
  static final Where DEFAULT = new Where(VirtualThreads.EACH, Callers.PLATFORM);

  /** {@return whether the calling thread, which waits for a body's call, makes it itself} */
  boolean isHere(Physical physical) {
    boolean mayCall =
        Thread.currentThread().isVirtual()
            ? callers == Callers.ALL && physical.readsSockets()
            : isHereForExit(physical);
    return mayCall && Shield.ofThread().depth() == 0;
  }

  /**
   * {@return whether the calling thread, which waits for an exit, makes the exit's calls itself}
   */
  boolean isHereForExit(Physical physical) {
    return callers != Callers.NONE
        && !Thread.currentThread().isVirtual()
        && physical.closesSocketAtOnce();
  }
}
