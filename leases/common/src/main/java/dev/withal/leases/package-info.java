/** Leases: locks that machines share, whose loss ends the body. */
@org.jspecify.annotations.NullMarked
package dev.withal.leases;
