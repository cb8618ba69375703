/**
 * What managers of databases have in common, whatever they call the database by.
 *
 * <p>{@link dev.withal.database.Retrying} is all there is to call; {@link
 * dev.withal.database.Bounds} says how long a database may keep a caller waiting.
 */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // r2dbc and jdbc are built after this
module dev.withal.database {
  requires transitive dev.withal;

  exports dev.withal.database;

  // What both of them are made with; not API.
  exports dev.withal.database.internal to
      dev.withal.jdbc,
      dev.withal.r2dbc;
}
