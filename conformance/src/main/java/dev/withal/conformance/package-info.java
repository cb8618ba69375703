/** Programs that CPython has run, run on Withal, and the two compared. */
@org.jspecify.annotations.NullMarked
package dev.withal.conformance;
