package dev.withal.jdbc;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The virtual threads on which the driver is called by default. */
final class VirtualThreads {
  private static final String NAME = "withal-jdbc";
  private static final ThreadFactory FACTORY =
      Thread.ofVirtual().name(NAME).inheritInheritableThreadLocals(false).factory();

  /** Runs each task on a new thread. */
  static final Executor EACH = task -> FACTORY.newThread(task).start();

  private VirtualThreads() {}

  /** {@return whether this class created the thread} */
  static boolean areOurs(Thread thread) {
    return thread.isVirtual() && thread.getName().equals(NAME);
  }

  /**
   * {@return an executor that runs each task immediately, and keeps its threads until it is shut
   * down} A thread and its stack are most of the cost of a call to a fast database.
   *
   * @param kept the number of threads it keeps; a task beyond them gets a new one
   */
  static ExecutorService keeping(int kept) {
    return new ThreadPoolExecutor(
        kept, Integer.MAX_VALUE, 0, TimeUnit.SECONDS, new SynchronousQueue<>(), FACTORY);
  }
}
