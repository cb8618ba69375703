/** Virtual time, a journal of events, and a check for leaks, for tests of asynchronous contexts. */
@org.jspecify.annotations.NullMarked
package dev.withal.testkit;
