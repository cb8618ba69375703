/** The benchmarks. What each is compared with, and must come to, is said in {@code Cases}. */
@org.jspecify.annotations.NullMarked
package dev.withal.benchmarks.jmh;
