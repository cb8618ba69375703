/**
 * Leases as rows of a PostgreSQL database.
 *
 * <p>{@link dev.withal.leases.postgresql.JdbcLeases} is for JDBC, {@link
 * dev.withal.leases.postgresql.R2dbcLeases} for R2DBC; each needs the module of that name.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.leases.postgresql {
  requires transitive dev.withal.leases;
  requires static transitive dev.withal.jdbc;
  requires static transitive dev.withal.r2dbc;

  exports dev.withal.leases.postgresql;
}
