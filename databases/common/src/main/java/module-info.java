/**
 * The types that managers of databases share, whatever driver they use.
 *
 * <p>{@link dev.withal.database.Retrying} runs a body again after transient errors, {@link
 * dev.withal.database.Bounds} bounds how long a database may make a caller wait, and {@link
 * dev.withal.database.PoolMeters} measures a pool.
 */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // r2dbc and jdbc are built after this
module dev.withal.database {
  requires transitive dev.withal;

  // Only where the application measures its pools with it.
  requires static micrometer.core;

  exports dev.withal.database;

  // What both of them are made with; not API.
  exports dev.withal.database.internal to
      dev.withal.jdbc,
      dev.withal.r2dbc;
}
