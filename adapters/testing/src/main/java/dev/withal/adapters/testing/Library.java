package dev.withal.adapters.testing;

import dev.withal.AsyncContextManager;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A reactive library and our adapter to it.
 *
 * @param <S> its type of a source of one number or none
 */
public interface Library<S> {

  /** {@return a use of a manager} */
  <T> S use(AsyncContextManager<T> manager, Function<? super T, ? extends S> body);

  /** {@return a use as a source of one or of many, of which one is taken} */
  <T> S anyUse(
      Random random, AsyncContextManager<T> manager, Function<? super T, ? extends S> body);

  /** {@return two uses joined by one of the library's operators} */
  S join(Random random, Supplier<? extends S> use, Supplier<? extends S> other);

  /** {@return a manager of what a source acquires and another one releases} */
  AsyncContextManager<Integer> closing(S acquire, Supplier<? extends S> release);

  /** {@return a source of a number} */
  S just(int number);

  /** {@return a source of none} */
  S empty();

  /** {@return a source that never ends} */
  S never();

  /** {@return a source that fails} */
  S failed(RuntimeException error);

  /** {@return a source of 1, which comes when what is passed on is run, cancelled or not} */
  S create(Consumer<Runnable> start);

  /** Subscribes to a source. {@return what cancels the subscription} */
  Runnable subscribe(
      S source, Consumer<? super Integer> emitted, Consumer<? super Throwable> failed);

  /** Ignores errors that are dropped. {@return what ends that} */
  Runnable ignoreDropped();
}
