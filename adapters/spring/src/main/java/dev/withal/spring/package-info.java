/**
 * Context managers as beans of Spring, entered as they are created and exited as they are
 * destroyed.
 *
 * <p>{@link dev.withal.spring.WithalSpring} is all there is to call. In an application of Spring
 * Boot, an auto-configuration adds properties, health and an endpoint.
 */
@org.jspecify.annotations.NullMarked
package dev.withal.spring;
