package dev.withal.testkit;

import dev.withal.EventLoopDetector;

/**
 * A thread that counts as an event loop's: direct style is refused on it, and an enter, a body or
 * an exit that blocks it is reported.
 */
public final class EventLoopThread extends Thread {

  /**
   * Creates a thread, as {@link Thread#Thread(Runnable, String)} does.
   *
   * @param task the task that it runs
   * @param name the name of the thread
   */
  public EventLoopThread(Runnable task, String name) {
    super(task, name);
  }

  /** Identifies these threads for core; created by the service loader. */
  public static final class Detector implements EventLoopDetector {
    /** Creates a detector; called by the service loader. */
    public Detector() {}

    @Override
    public boolean isEventLoop(Thread thread) {
      return thread instanceof EventLoopThread;
    }
  }
}
