/** What is measured: the ways to acquire, use and release, each as its own documentation has it. */
@org.jspecify.annotations.NullMarked
package dev.withal.benchmarks.peers;
