/**
 * Database connections and transactions over R2DBC, as async context managers.
 *
 * <p>{@link dev.withal.r2dbc.R2dbc} is the entry point. The driver is the application's own
 * dependency.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.r2dbc {
  requires transitive dev.withal;
  requires transitive dev.withal.database;
  requires transitive org.reactivestreams;
  requires transitive r2dbc.spi;
  requires reactor.core;

  // Only where the application brings the driver.
  requires static r2dbc.postgresql;

  exports dev.withal.r2dbc;

  uses io.r2dbc.spi.ConnectionFactoryProvider;
}
