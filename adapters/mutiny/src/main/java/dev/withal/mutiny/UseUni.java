package dev.withal.mutiny;

import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.operators.AbstractUni;
import io.smallrye.mutiny.subscription.UniSubscriber;
import io.smallrye.mutiny.subscription.UniSubscription;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A use for each subscription, with the body's item as its own. */
final class UseUni<T extends @Nullable Object, R> extends AbstractUni<R> {
  private final AsyncContextManager<T> manager;
  private final Function<? super T, ? extends Uni<? extends R>> body;

  UseUni(AsyncContextManager<T> manager, Function<? super T, ? extends Uni<? extends R>> body) {
    this.manager = manager;
    this.body = body;
  }

  @Override
  public void subscribe(UniSubscriber<? super R> subscriber) {
    new Used<T, R>(manager, body, subscriber).begin();
  }

  private static final class Used<T extends @Nullable Object, R> extends Subscribed<T, R>
      implements UniSubscriber<R>, UniSubscription {
    private final Function<? super T, ? extends Uni<? extends R>> body;
    private final UniSubscriber<? super R> actual;

    Used(
        AsyncContextManager<T> manager,
        Function<? super T, ? extends Uni<? extends R>> body,
        UniSubscriber<? super R> actual) {
      super(manager, actual.context());
      this.body = body;
      this.actual = actual;
    }

    @Override
    void announce() {
      actual.onSubscribe(this);
    }

    @Override
    CompletableFuture<R> beginIn(AsyncContextManager<T> entered) {
      AsyncBody<T, R> run = this::run;
      return entered.useAsync(run);
    }

    private CompletableFuture<R> run(T held) {
      try {
        AbstractUni.subscribe(
            Objects.requireNonNull(
                body.apply(held),
                "the body returned null instead of a Uni: return one that emits as the body ends"),
            this);
      } catch (Throwable error) {
        leavePublisher();
        failed(error);
      }
      return stage();
    }

    @Override
    public void request(long n) {
      // A Uni has no demand.
    }

    @Override
    public void onSubscribe(UniSubscription subscription) {
      takes(subscription);
    }

    @Override
    public void onItem(@Nullable R item) {
      if (item == null || arrives(item)) {
        completes();
      } else {
        cameLate(item);
      }
    }

    @Override
    public void onFailure(Throwable error) {
      failed(error);
    }

    @Override
    @SuppressWarnings("NullAway") // an item may be null
    void deliver(@Nullable R result, @Nullable Throwable error) {
      if (error != null) {
        actual.onFailure(error);
      } else {
        actual.onItem(result);
      }
    }
  }
}
