/**
 * Context propagation: the values that Micrometer's {@code ContextRegistry} captures from a
 * caller's thread, such as the keys of a log or a trace, on each thread that continues its use.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.context {
  requires transitive dev.withal;
  requires context.propagation;
  requires static transitive org.jspecify;

  exports dev.withal.context;

  provides dev.withal.CallerState with
      dev.withal.context.PropagatedState;
}
