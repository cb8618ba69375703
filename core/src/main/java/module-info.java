/**
 * Async context managers: acquire asynchronously, use, and release asynchronously, whatever happens
 * in between.
 *
 * <p>{@link dev.withal.AsyncContextManager} is where to start.
 */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // testkit is built after core
module dev.withal {
  requires static transitive org.jspecify;

  exports dev.withal;

  uses dev.withal.EventLoopDetector;

  // The seam through which virtual time replaces the clock in tests; not API.
  exports dev.withal.internal to
      dev.withal.testkit;
}
