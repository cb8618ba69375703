/** Lincheck goes through the interleavings of threads that race for one use, stack or group. */
package dev.withal.stress.lincheck;
