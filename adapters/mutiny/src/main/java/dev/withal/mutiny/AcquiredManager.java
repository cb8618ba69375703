package dev.withal.mutiny;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.operators.AbstractUni;
import io.smallrye.mutiny.subscription.UniSubscriber;
import io.smallrye.mutiny.subscription.UniSubscription;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A manager of what a {@code Uni} acquires.
 *
 * <p>Design: nobody but its own subscriber has the subscription to {@code acquire}, and that never
 * cancels it; so a caller who has given up can't make the {@code Uni} drop what it acquires.
 */
final class AcquiredManager<T> implements AsyncContextManager<T> {
  private final Uni<? extends T> acquire;
  private final BiFunction<? super T, ? super ExitCase, ? extends Uni<?>> release;

  AcquiredManager(
      Uni<? extends T> acquire, BiFunction<? super T, ? super ExitCase, ? extends Uni<?>> release) {
    this.acquire = acquire;
    this.release = release;
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    var entered = new End<T, AsyncContext<T>>(this::contextOf);
    AbstractUni.subscribe(acquire, entered);
    return entered.end;
  }

  private AsyncContext<T> contextOf(@Nullable T acquired) {
    if (acquired == null) {
      throw new NoSuchElementException(
          this + ": the Uni emitted null, so there is nothing to use: let it emit a value or fail");
    }
    return new Acquired(acquired);
  }

  /** Tells the kind of {@code Uni}: it has no name. */
  @Override
  public String toString() {
    return "acquired by " + acquire.getClass().getSimpleName();
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
      var exited = new End<Object, Verdict>(ignored -> Verdict.PROPAGATE);
      AbstractUni.subscribe(
          Objects.requireNonNull(
              release.apply(value, how),
              "the release returned null instead of a Uni: return one that emits as it ends"),
          exited);
      return exited.end;
    }

    @Override
    public String toString() {
      return AcquiredManager.this.toString();
    }
  }

  /** Hears of the end of an enter or an exit, and never cancels it. */
  private static final class End<T, V> implements UniSubscriber<T> {
    /** Makes what the end comes to of an item, which may be null. */
    private interface Reading<T, V> {
      V of(@Nullable T item);
    }

    final CompletableFuture<V> end = new CompletableFuture<>();
    private final Reading<T, V> reading;

    End(Reading<T, V> reading) {
      this.reading = reading;
    }

    @Override
    public void onSubscribe(UniSubscription subscription) {}

    @Override
    public void onItem(@Nullable T item) {
      try {
        end.complete(reading.of(item));
      } catch (NoSuchElementException nothing) {
        end.completeExceptionally(nothing);
      }
    }

    @Override
    public void onFailure(Throwable error) {
      if (!end.completeExceptionally(error)) {
        Infrastructure.handleDroppedException(error);
      }
    }
  }
}
