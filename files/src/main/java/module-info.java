/**
 * Asynchronous files: opened, read, written and closed without blocking an event loop, or in direct
 * style on a virtual thread.
 *
 * <p>{@link dev.withal.files.AsyncFiles} is the entry point.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.files {
  requires transitive dev.withal;

  exports dev.withal.files;
}
