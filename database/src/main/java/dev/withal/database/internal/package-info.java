/** What R2DBC and JDBC share: the places of a pool, and what a SQLSTATE says of a transaction. */
@org.jspecify.annotations.NullMarked
package dev.withal.database.internal;
