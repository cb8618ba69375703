/**
 * What the tests of R2DBC and JDBC share: a real PostgreSQL, ways to cut it off, a pool's gate, and
 * the stories that hold for both.
 */
@org.jspecify.annotations.NullMarked
package dev.withal.database.testing;
