/** What R2DBC and JDBC share: the places of a pool, and how statements and errors are read. */
@org.jspecify.annotations.NullMarked
package dev.withal.database.internal;
