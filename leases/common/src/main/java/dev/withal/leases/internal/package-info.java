/** Keeps leases and ends the lost ones, independent of the engine. */
@org.jspecify.annotations.NullMarked
package dev.withal.leases.internal;
