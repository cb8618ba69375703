/**
 * Database connections and transactions over JDBC, as context managers of both kinds.
 *
 * <p>{@link dev.withal.jdbc.Jdbc} is the entry point. The driver is the application's own
 * dependency.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.jdbc {
  requires transitive dev.withal;
  requires transitive dev.withal.database;
  requires transitive java.sql;

  exports dev.withal.jdbc;
}
