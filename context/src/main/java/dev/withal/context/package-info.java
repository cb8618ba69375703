/** Lets a use carry the values that Micrometer's context propagation captures from its caller. */
package dev.withal.context;
