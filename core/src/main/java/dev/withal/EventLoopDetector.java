package dev.withal;

/**
 * Recognizes the event-loop threads of a framework, which must not block because many connections
 * share them.
 *
 * <p>Those of Netty, Vert.x and Reactor are recognized. For others, implement this and declare it
 * as a service (in {@code module-info}, or {@code META-INF/services/dev.withal.EventLoopDetector});
 * it is then asked about every platform thread.
 *
 * {@snippet class="dev.withal.guide.EventLoopsTest" region="detector"}
 */
@FunctionalInterface
public interface EventLoopDetector {

  /**
   * {@return whether the thread runs an event loop} Called often and on any platform thread, so it
   * must be quick and must not block or throw.
   *
   * @param thread the calling thread
   */
  boolean isEventLoop(Thread thread);
}
