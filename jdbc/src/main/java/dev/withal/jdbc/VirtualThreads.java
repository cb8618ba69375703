package dev.withal.jdbc;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Where the driver is called if nothing else is said: virtual threads. */
final class VirtualThreads {
  private static final String NAME = "withal-jdbc";
  private static final ThreadFactory FACTORY =
      Thread.ofVirtual().name(NAME).inheritInheritableThreadLocals(false).factory();

  /** Runs each task on a thread of its own. */
  static final Executor EACH = task -> FACTORY.newThread(task).start();

  private VirtualThreads() {}

  /** {@return whether this class has made the thread} */
  static boolean areOurs(Thread thread) {
    return thread.isVirtual() && thread.getName().equals(NAME);
  }

  /**
   * {@return what runs each task at once, and keeps its threads until it is shut down} A thread and
   * its stack are most of what a call to a fast database costs.
   *
   * @param kept how many threads it keeps; a task beyond them has one of its own
   */
  static ExecutorService keeping(int kept) {
    return new ThreadPoolExecutor(
        kept, Integer.MAX_VALUE, 0, TimeUnit.SECONDS, new SynchronousQueue<>(), FACTORY);
  }
}
