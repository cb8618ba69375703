package dev.withal.mutiny;

import dev.withal.AsyncContextManager;
import dev.withal.adapters.testing.Library;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Mutiny in the shared stories. */
final class MutinyLibrary implements Library<Uni<Integer>> {

  @Override
  public <T> Uni<Integer> use(
      AsyncContextManager<T> manager, Function<? super T, ? extends Uni<Integer>> body) {
    return WithalMutiny.uni(manager, body);
  }

  @Override
  public <T> Uni<Integer> anyUse(
      Random random,
      AsyncContextManager<T> manager,
      Function<? super T, ? extends Uni<Integer>> body) {
    return switch (random.nextInt(3)) {
      case 0 ->
          WithalMutiny.<T, Integer>multi(manager, value -> body.apply(value).toMulti()).toUni();
      case 1 ->
          WithalMutiny.<T, Integer>multi(
                  manager,
                  value ->
                      Multi.createBy()
                          .concatenating()
                          .streams(body.apply(value).toMulti(), body.apply(value).toMulti()))
              .select()
              .first(random.nextInt(1, 3))
              .collect()
              .last();
      default -> use(manager, body);
    };
  }

  @Override
  public Uni<Integer> join(
      Random random, Supplier<? extends Uni<Integer>> use, Supplier<? extends Uni<Integer>> other) {
    Uni<Integer> first = use.get();
    return switch (random.nextInt(6)) {
      case 0 -> first.chain(_ -> other.get());
      case 1 -> Uni.join().all(first, other.get()).andFailFast().replaceWith(1);
      case 2 -> Uni.combine().any().of(first, other.get());
      case 3 -> first.onFailure().recoverWithUni(other::get);
      case 4 ->
          Multi.createBy()
              .merging()
              .streams(first.toMulti(), other.get().toMulti())
              .collect()
              .last();
      default -> first.map(value -> value);
    };
  }

  @Override
  public AsyncContextManager<Integer> closing(
      Uni<Integer> acquire, Supplier<? extends Uni<Integer>> release) {
    return WithalMutiny.closing(acquire, _ -> release.get());
  }

  @Override
  public Uni<Integer> just(int number) {
    return Uni.createFrom().item(number);
  }

  @Override
  public Uni<Integer> empty() {
    return Uni.createFrom().nullItem();
  }

  @Override
  public Uni<Integer> never() {
    return Uni.createFrom().nothing();
  }

  @Override
  public Uni<Integer> failed(RuntimeException error) {
    return Uni.createFrom().failure(error);
  }

  @Override
  public Uni<Integer> create(Consumer<Runnable> start) {
    return Uni.createFrom().emitter(sink -> start.accept(() -> sink.complete(1)));
  }

  @Override
  public Runnable subscribe(
      Uni<Integer> source, Consumer<? super Integer> emitted, Consumer<? super Throwable> failed) {
    return source.subscribe().with(emitted, failed)::cancel;
  }

  @Override
  public Runnable ignoreDropped() {
    Infrastructure.setDroppedExceptionHandler(_ -> {});
    return Infrastructure::resetDroppedExceptionHandler;
  }
}
