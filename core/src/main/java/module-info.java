/**
 * Async context managers: acquire asynchronously, use, and release asynchronously, whatever happens
 * in between.
 *
 * <p>{@link dev.withal.AsyncContextManager} is where to start.
 */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // those to which it exports are built after core
module dev.withal {
  requires static transitive org.jspecify;

  exports dev.withal;

  uses dev.withal.CallerState;
  uses dev.withal.EventLoopDetector;
  uses dev.withal.internal.Starter;

  // What replaces the clock in tests and leases read, the record of what is held, what tells a
  // driver's caller of its exits, what bounds the stack of nested steps, and what joins groups of
  // tasks to their bodies; not API.
  exports dev.withal.internal to
      dev.withal.database,
      dev.withal.insight,
      dev.withal.jdbc,
      dev.withal.kotlin,
      dev.withal.leases,
      dev.withal.mutiny,
      dev.withal.reactor,
      dev.withal.rxjava,
      dev.withal.spring,
      dev.withal.tasks,
      dev.withal.testkit;
}
