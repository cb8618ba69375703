/**
 * Uses of a context as {@code Uni} and {@code Multi}, and managers of what a {@code Uni} acquires.
 *
 * <p>{@link dev.withal.mutiny.WithalMutiny} is all there is to call.
 */
@org.jspecify.annotations.NullMarked
package dev.withal.mutiny;
