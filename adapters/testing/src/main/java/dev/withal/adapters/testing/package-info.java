/**
 * Stories that hold for every reactive library: each is told once, of a {@link
 * dev.withal.adapters.testing.Library} that an adapter's tests provide.
 */
@org.jspecify.annotations.NullMarked
package dev.withal.adapters.testing;
