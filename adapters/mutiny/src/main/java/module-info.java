/**
 * Uses of a context as {@code Uni} and {@code Multi} of SmallRye Mutiny.
 *
 * <p>{@link dev.withal.mutiny.WithalMutiny} is all there is to call.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.mutiny {
  requires transitive dev.withal;
  requires dev.withal.adapters;
  requires transitive io.smallrye.mutiny;
  requires static transitive org.jspecify;

  exports dev.withal.mutiny;
}
