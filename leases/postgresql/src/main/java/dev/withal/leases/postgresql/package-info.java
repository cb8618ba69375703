/** Leases as rows of a PostgreSQL database. */
@org.jspecify.annotations.NullMarked
package dev.withal.leases.postgresql;
