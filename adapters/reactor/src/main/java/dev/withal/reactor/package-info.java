/**
 * Uses of a context as {@code Mono} and {@code Flux}, and managers of what a {@code Mono} acquires.
 *
 * <p>{@link dev.withal.reactor.WithalReactor} is all there is to call.
 */
@org.jspecify.annotations.NullMarked
package dev.withal.reactor;
