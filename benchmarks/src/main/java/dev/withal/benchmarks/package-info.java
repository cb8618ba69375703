/** The command that runs the benchmarks, judges what they come to, and shows it. */
@org.jspecify.annotations.NullMarked
package dev.withal.benchmarks;
