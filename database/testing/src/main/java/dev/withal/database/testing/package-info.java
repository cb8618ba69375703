/** What the tests of R2DBC and JDBC share: a real PostgreSQL, ways to cut it off, a pool's gate. */
@org.jspecify.annotations.NullMarked
package dev.withal.database.testing;
