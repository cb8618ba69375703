/** The part that the adapters to other libraries have in common. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // those to which it exports are built later
module dev.withal.adapters {
  requires transitive dev.withal;
  requires static transitive org.jspecify;

  // Not API.
  exports dev.withal.adapters to
      dev.withal.mutiny,
      dev.withal.reactor,
      dev.withal.rxjava;
}
