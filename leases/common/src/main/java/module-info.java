/**
 * Leases: locks that machines share, in an engine that is there already, whose loss ends the body.
 *
 * <p>{@link dev.withal.leases.Leases} is where to start. The modules of the engines make one.
 */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // the engines are built after this
module dev.withal.leases {
  requires transitive dev.withal;

  exports dev.withal.leases;

  // What the engines are made with; not API.
  exports dev.withal.leases.internal to
      dev.withal.leases.postgresql,
      dev.withal.leases.zookeeper;
}
