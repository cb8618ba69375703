package dev.withal.rxjava;

import dev.withal.AsyncContextManager;
import dev.withal.adapters.testing.Library;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** RxJava in the shared stories. */
final class RxJavaLibrary implements Library<Maybe<Integer>> {

  @Override
  public <T> Maybe<Integer> use(
      AsyncContextManager<T> manager, Function<? super T, ? extends Maybe<Integer>> body) {
    return WithalRxJava.maybe(manager, body);
  }

  @Override
  public <T> Maybe<Integer> anyUse(
      Random random,
      AsyncContextManager<T> manager,
      Function<? super T, ? extends Maybe<Integer>> body) {
    return random.nextBoolean()
        ? use(manager, body)
        : WithalRxJava.<T, Integer>flowable(
                manager, value -> body.apply(value).concatWith(body.apply(value)))
            .lastElement();
  }

  /** Without operators that dispose of one source and go on with another. */
  @Override
  public Maybe<Integer> join(
      Random random,
      Supplier<? extends Maybe<Integer>> use,
      Supplier<? extends Maybe<Integer>> other) {
    Maybe<Integer> first = use.get();
    return switch (random.nextInt(5)) {
      case 0 -> first.ignoreElement().andThen(other.get());
      case 1 -> Maybe.mergeDelayError(first, other.get()).lastElement();
      case 2 -> first.onErrorResumeNext(_ -> other.get());
      case 3 -> first.flatMap(_ -> other.get());
      default -> first.map(value -> value + 1);
    };
  }

  @Override
  public AsyncContextManager<Integer> closing(
      Maybe<Integer> acquire, Supplier<? extends Maybe<Integer>> release) {
    return WithalRxJava.closing(acquire.toSingle(), _ -> Completable.fromMaybe(release.get()));
  }

  @Override
  public Maybe<Integer> just(int number) {
    return Maybe.just(number);
  }

  @Override
  public Maybe<Integer> empty() {
    return Maybe.empty();
  }

  @Override
  public Maybe<Integer> never() {
    return Maybe.never();
  }

  @Override
  public Maybe<Integer> failed(RuntimeException error) {
    return Maybe.error(error);
  }

  @Override
  public Maybe<Integer> create(Consumer<Runnable> start) {
    return Maybe.create(sink -> start.accept(() -> sink.onSuccess(1)));
  }

  @Override
  public Runnable subscribe(
      Maybe<Integer> source,
      Consumer<? super Integer> emitted,
      Consumer<? super Throwable> failed) {
    return source.subscribe(emitted::accept, failed::accept)::dispose;
  }

  @Override
  public Runnable ignoreDropped() {
    RxJavaPlugins.setErrorHandler(_ -> {});
    return () -> RxJavaPlugins.setErrorHandler(null);
  }
}
