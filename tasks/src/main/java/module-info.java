/**
 * Groups of tasks as context managers: what is begun in a group has ended when the group has.
 *
 * <p>{@link dev.withal.tasks.Tasks} is where to start.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.tasks {
  requires transitive dev.withal;
  requires static transitive org.jspecify;

  exports dev.withal.tasks;
}
