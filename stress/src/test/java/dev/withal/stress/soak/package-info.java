/** Ten million uses in real time: nothing leaks, and the heap stays flat. */
package dev.withal.stress.soak;
