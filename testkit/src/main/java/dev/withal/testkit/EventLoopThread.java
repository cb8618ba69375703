package dev.withal.testkit;

/**
 * A thread that counts as an event loop's: direct style is refused on it, and an enter, a body or
 * an exit that blocks it is reported.
 */
// Core knows it by its name. A detector of our own, as a service, would have build tools put the
// testkit on the module path of a program that core is in, where tests can't read it.
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
}
