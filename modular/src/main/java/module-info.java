/** A program of one module. */
module dev.withal.modular {
  requires transitive dev.withal;

  exports dev.withal.modular;
}
