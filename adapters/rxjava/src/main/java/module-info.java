/**
 * Uses of a context as {@code Single}, {@code Maybe} and {@code Flowable} of RxJava.
 *
 * <p>{@link dev.withal.rxjava.WithalRxJava} is all there is to call.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.rxjava {
  requires transitive dev.withal;
  requires dev.withal.adapters;
  requires transitive io.reactivex.rxjava3;
  requires transitive org.reactivestreams;
  requires static transitive org.jspecify;

  exports dev.withal.rxjava;
}
