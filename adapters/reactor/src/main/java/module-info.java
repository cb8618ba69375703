/**
 * Uses of a context as {@code Mono} and {@code Flux} of Project Reactor.
 *
 * <p>{@link dev.withal.reactor.WithalReactor} is all there is to call.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.reactor {
  requires transitive dev.withal;
  requires dev.withal.adapters;
  requires transitive org.reactivestreams;
  requires transitive reactor.core;
  requires static transitive org.jspecify;

  exports dev.withal.reactor;
}
