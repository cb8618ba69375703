package dev.withal.rxjava;

import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.MaybeObserver;
import io.reactivex.rxjava3.core.MaybeSource;
import io.reactivex.rxjava3.disposables.Disposable;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

/** A use for each subscription, with the body's value as its own, if it has one. */
final class UseMaybe<T extends @Nullable Object, R> extends Maybe<R> {
  private final AsyncContextManager<T> manager;
  private final Function<? super T, ? extends MaybeSource<? extends R>> body;

  UseMaybe(
      AsyncContextManager<T> manager,
      Function<? super T, ? extends MaybeSource<? extends R>> body) {
    this.manager = manager;
    this.body = body;
  }

  @Override
  protected void subscribeActual(MaybeObserver<? super R> observer) {
    new Used<T, R>(manager, body, observer).begin();
  }

  /** A {@code Disposable} as a {@code Subscription}. */
  private record Disposing(Disposable disposable) implements Subscription {
    @Override
    public void request(long n) {
      // There is no demand.
    }

    @Override
    public void cancel() {
      disposable.dispose();
    }
  }

  private static final class Used<T extends @Nullable Object, R> extends Subscribed<T, R>
      implements MaybeObserver<R>, Disposable {
    private final Function<? super T, ? extends MaybeSource<? extends R>> body;
    private final MaybeObserver<? super R> actual;

    Used(
        AsyncContextManager<T> manager,
        Function<? super T, ? extends MaybeSource<? extends R>> body,
        MaybeObserver<? super R> actual) {
      super(manager);
      this.body = body;
      this.actual = actual;
    }

    @Override
    void announce() {
      actual.onSubscribe(this);
    }

    @Override
    CompletableFuture<R> beginIn(AsyncContextManager<T> entered) {
      AsyncBody<T, R> run =
          held ->
              run(() ->
                  Objects.requireNonNull(
                          body.apply(held),
                          "the body returned null instead of a source: return one that ends as"
                              + " the body does")
                      .subscribe(this));
      return entered.useAsync(run);
    }

    @Override
    public void request(long n) {
      // There is no demand.
    }

    @Override
    public void dispose() {
      cancel();
    }

    @Override
    public boolean isDisposed() {
      return isCancelled();
    }

    @Override
    public void onSubscribe(Disposable disposable) {
      takes(new Disposing(disposable));
    }

    @Override
    public void onSuccess(R result) {
      if (arrives(result)) {
        completes();
      } else {
        cameLate(result);
      }
    }

    @Override
    public void onComplete() {
      completes();
    }

    @Override
    public void onError(Throwable error) {
      failed(error);
    }

    @Override
    void deliver(@Nullable R result, @Nullable Throwable error) {
      if (error != null) {
        actual.onError(error);
      } else if (result == null) {
        actual.onComplete();
      } else {
        actual.onSuccess(result);
      }
    }
  }
}
