/** The command {@code withal}: what other processes hold, and what recordings tell of it. */
@org.jspecify.annotations.NullMarked
package dev.withal.cli;
