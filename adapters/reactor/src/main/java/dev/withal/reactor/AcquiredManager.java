package dev.withal.reactor;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A manager of what a {@code Mono} acquires.
 *
 * <p>Design: nobody but its own subscriber has the subscription to {@code acquire}, and that never
 * cancels it; so a caller who has given up can't make the {@code Mono} drop what it acquires.
 */
final class AcquiredManager<T> implements AsyncContextManager<T> {
  private final Mono<? extends T> acquire;
  private final BiFunction<? super T, ? super ExitCase, ? extends Publisher<?>> release;

  AcquiredManager(
      Mono<? extends T> acquire,
      BiFunction<? super T, ? super ExitCase, ? extends Publisher<?>> release) {
    this.acquire = acquire;
    this.release = release;
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    var enter = new Enter();
    acquire.subscribe(enter);
    return enter.end;
  }

  /** Names the {@code Mono}: by its own name if it has one, or else its last operator. */
  @Override
  public String toString() {
    return "acquired by " + Scannable.from(acquire).name();
  }

  private final class Enter extends Signals<T, AsyncContext<T>> {
    @Override
    public void onNext(T acquired) {
      if (!end.complete(new Acquired(acquired))) {
        Operators.onNextDropped(acquired, currentContext());
      }
    }

    @Override
    public void onComplete() {
      if (!end.isDone()) {
        end.completeExceptionally(
            new NoSuchElementException(
                AcquiredManager.this
                    + ": the Mono completed empty, so there is nothing to use: let it emit a value"
                    + " or fail"));
      }
    }
  }

  private final class Acquired implements AsyncContext<T> {
    private final T value;

    Acquired(T value) {
      this.value = value;
    }

    @Override
    public T value() {
      return value;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      var exit = new Exit();
      Objects.requireNonNull(
              release.apply(value, how),
              "the release returned null instead of a publisher: return one that completes as it"
                  + " ends")
          .subscribe(exit);
      return exit.end;
    }

    @Override
    public String toString() {
      return AcquiredManager.this.toString();
    }
  }

  private static final class Exit extends Signals<Object, Verdict> {
    @Override
    public void onNext(Object ignored) {
      // Whatever a release emits says nothing.
    }

    @Override
    public void onComplete() {
      end.complete(Verdict.PROPAGATE);
    }
  }

  /** A subscription of an enter or exit: neither is ever cancelled. */
  private abstract static class Signals<E, V> implements CoreSubscriber<E> {
    final CompletableFuture<V> end = new CompletableFuture<>();

    @Override
    public final void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public final void onError(Throwable error) {
      if (!end.completeExceptionally(error)) {
        Operators.onErrorDropped(error, Context.empty());
      }
    }
  }
}
