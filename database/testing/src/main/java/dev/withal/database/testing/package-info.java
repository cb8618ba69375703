/** A real PostgreSQL, and ways to cut it off. */
@org.jspecify.annotations.NullMarked
package dev.withal.database.testing;
