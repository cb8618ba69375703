/** A service that transfers money, and ends in order. */
@NullMarked
package dev.withal.examples.serve;

import org.jspecify.annotations.NullMarked;
