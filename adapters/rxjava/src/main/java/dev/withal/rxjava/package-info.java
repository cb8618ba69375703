/**
 * Uses of a context as {@code Single}, {@code Maybe} and {@code Flowable}, and managers of what a
 * {@code Single} acquires.
 *
 * <p>{@link dev.withal.rxjava.WithalRxJava} is all there is to call.
 */
@org.jspecify.annotations.NullMarked
package dev.withal.rxjava;
