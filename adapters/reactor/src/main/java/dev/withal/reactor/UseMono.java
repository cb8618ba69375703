package dev.withal.reactor;

import dev.withal.AsyncContextManager;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;

/** A use for each subscription, with the body's value as its own. */
final class UseMono<T extends @Nullable Object, R> extends Mono<R> implements Scannable {
  private final AsyncContextManager<T> manager;
  private final Function<? super T, ? extends Mono<? extends R>> body;

  private UseMono(
      AsyncContextManager<T> manager, Function<? super T, ? extends Mono<? extends R>> body) {
    this.manager = manager;
    this.body = body;
  }

  /** {@return the use, as Reactor's hooks want it} */
  static <T extends @Nullable Object, R> Mono<R> of(
      AsyncContextManager<T> manager, Function<? super T, ? extends Mono<? extends R>> body) {
    return onAssembly(new UseMono<T, R>(manager, body));
  }

  @Override
  public void subscribe(CoreSubscriber<? super R> actual) {
    new SubscribedMono<T, R>(actual, manager, body).begin();
  }

  @Override
  @SuppressWarnings("rawtypes") // as Reactor declares it
  public @Nullable Object scanUnsafe(Attr key) {
    return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
  }
}
