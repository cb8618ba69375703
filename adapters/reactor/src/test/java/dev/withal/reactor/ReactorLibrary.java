package dev.withal.reactor;

import dev.withal.AsyncContextManager;
import dev.withal.adapters.testing.Library;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/** Reactor in the shared stories. */
final class ReactorLibrary implements Library<Mono<Integer>> {

  @Override
  public <T> Mono<Integer> use(
      AsyncContextManager<T> manager, Function<? super T, ? extends Mono<Integer>> body) {
    return WithalReactor.mono(manager, body);
  }

  @Override
  public <T> Mono<Integer> anyUse(
      Random random,
      AsyncContextManager<T> manager,
      Function<? super T, ? extends Mono<Integer>> body) {
    return switch (random.nextInt(3)) {
      case 0 -> WithalReactor.<T, Integer>flux(manager, body).next();
      case 1 ->
          WithalReactor.<T, Integer>flux(
                  manager, value -> body.apply(value).concatWith(body.apply(value)))
              .take(random.nextInt(1, 3))
              .last(0);
      default -> use(manager, body);
    };
  }

  @Override
  public Mono<Integer> join(
      Random random,
      Supplier<? extends Mono<Integer>> use,
      Supplier<? extends Mono<Integer>> other) {
    Mono<Integer> first = use.get();
    return switch (random.nextInt(8)) {
      case 0 -> first.then(other.get());
      case 1 -> Mono.when(first, other.get()).thenReturn(1);
      case 2 -> Mono.firstWithSignal(first, other.get());
      case 3 -> first.timeout(Mono.just(1), other.get());
      case 4 -> first.onErrorResume(_ -> other.get());
      case 5 -> Flux.merge(first, other.get()).last(0);
      case 6 -> first.flatMap(_ -> other.get());
      default -> first.map(value -> value + 1);
    };
  }

  @Override
  public AsyncContextManager<Integer> closing(
      Mono<Integer> acquire, Supplier<? extends Mono<Integer>> release) {
    return WithalReactor.closing(acquire, _ -> release.get());
  }

  @Override
  public Mono<Integer> just(int number) {
    return Mono.just(number);
  }

  @Override
  public Mono<Integer> empty() {
    return Mono.empty();
  }

  @Override
  public Mono<Integer> never() {
    return Mono.never();
  }

  @Override
  public Mono<Integer> failed(RuntimeException error) {
    return Mono.error(error);
  }

  @Override
  public Mono<Integer> create(Consumer<Runnable> start) {
    return Mono.create(sink -> start.accept(() -> sink.success(1)));
  }

  @Override
  public Runnable subscribe(
      Mono<Integer> source, Consumer<? super Integer> emitted, Consumer<? super Throwable> failed) {
    return source.subscribe(emitted, failed)::dispose;
  }

  @Override
  public Runnable ignoreDropped() {
    Hooks.onErrorDropped(_ -> {});
    return Hooks::resetOnErrorDropped;
  }
}
