/** Mechanisms that know nothing of context managers: time, and deep recursion without a stack. */
@org.jspecify.annotations.NullMarked
package dev.withal.internal;
