package dev.withal.testkit;

import dev.withal.EventLoopDetector;

/**
 * A thread that counts as an event loop's: direct style on it is refused, and an enter, a body or
 * an exit that holds it is reported.
 */
public final class EventLoopThread extends Thread {

  /**
   * Makes a thread, as {@link Thread#Thread(Runnable, String)} does.
   *
   * @param task what it runs
   * @param name its name
   */
  public EventLoopThread(Runnable task, String name) {
    super(task, name);
  }

  /** Tells core of these threads; made by the service loader. */
  public static final class Detector implements EventLoopDetector {
    /** Made by the service loader. */
    public Detector() {}

    @Override
    public boolean isEventLoop(Thread thread) {
      return thread instanceof EventLoopThread;
    }
  }
}
