/**
 * The code that R2DBC and JDBC share: the places of a pool, and the reading of statements and
 * errors.
 */
@org.jspecify.annotations.NullMarked
package dev.withal.database.internal;
