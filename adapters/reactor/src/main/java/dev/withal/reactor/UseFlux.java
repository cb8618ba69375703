package dev.withal.reactor;

import dev.withal.AsyncContextManager;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;

/** A use for each subscription, with the elements of the body. */
final class UseFlux<T extends @Nullable Object, R> extends Flux<R> implements Scannable {
  private final AsyncContextManager<T> manager;
  private final Function<? super T, ? extends Publisher<? extends R>> body;

  private UseFlux(
      AsyncContextManager<T> manager, Function<? super T, ? extends Publisher<? extends R>> body) {
    this.manager = manager;
    this.body = body;
  }

  /** {@return the use, as Reactor's hooks want it} */
  static <T extends @Nullable Object, R> Flux<R> of(
      AsyncContextManager<T> manager, Function<? super T, ? extends Publisher<? extends R>> body) {
    return onAssembly(new UseFlux<T, R>(manager, body));
  }

  @Override
  public void subscribe(CoreSubscriber<? super R> actual) {
    new SubscribedFlux<T, R>(actual, manager, body).begin();
  }

  @Override
  @SuppressWarnings("rawtypes") // as Reactor declares it
  public @Nullable Object scanUnsafe(Attr key) {
    return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
  }
}
