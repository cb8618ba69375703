package dev.withal.rxjava;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import io.reactivex.rxjava3.core.CompletableObserver;
import io.reactivex.rxjava3.core.CompletableSource;
import io.reactivex.rxjava3.core.SingleObserver;
import io.reactivex.rxjava3.core.SingleSource;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * A manager of what a {@code Single} acquires.
 *
 * <p>Design: nobody but its own observer has the subscription to {@code acquire}, and that never
 * disposes of it; so a caller who has given up can't make the {@code Single} drop what it acquires.
 */
final class AcquiredManager<T> implements AsyncContextManager<T> {
  private final SingleSource<? extends T> acquire;
  private final BiFunction<? super T, ? super ExitCase, ? extends CompletableSource> release;

  AcquiredManager(
      SingleSource<? extends T> acquire,
      BiFunction<? super T, ? super ExitCase, ? extends CompletableSource> release) {
    this.acquire = acquire;
    this.release = release;
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    var enter = new Enter();
    acquire.subscribe(enter);
    return enter.end;
  }

  /** Tells the kind of {@code Single}: it has no name. */
  @Override
  public String toString() {
    return "acquired by " + acquire.getClass().getSimpleName();
  }

  private final class Enter extends Observed<AsyncContext<T>> implements SingleObserver<T> {
    @Override
    public void onSuccess(T acquired) {
      end.complete(new Acquired(acquired));
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
              "the release returned null instead of a Completable: return one that completes as it"
                  + " ends")
          .subscribe(exit);
      return exit.end;
    }

    @Override
    public String toString() {
      return AcquiredManager.this.toString();
    }
  }

  private static final class Exit extends Observed<Verdict> implements CompletableObserver {
    @Override
    public void onComplete() {
      end.complete(Verdict.PROPAGATE);
    }
  }

  /** A subscription of an enter or exit: neither is ever disposed of. */
  @SuppressWarnings({"EffectivelyPrivate", "UnusedMethod", "UnusedVariable"}) // observers
  private abstract static class Observed<V> {
    final CompletableFuture<V> end = new CompletableFuture<>();

    public final void onSubscribe(Disposable disposable) {}

    public final void onError(Throwable error) {
      if (!end.completeExceptionally(error)) {
        RxJavaPlugins.onError(error);
      }
    }
  }
}
