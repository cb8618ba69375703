package dev.withal.r2dbc;

import io.r2dbc.spi.Result;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * Lets statements through to a connection until the context that has it exits.
 *
 * <p>Design: to cancel a subscription says nothing about a thread that is just about to send the
 * next statement of it. What is sent so after a rollback takes effect on its own, and what is sent
 * after the connection went back takes effect in somebody else's transaction. So statements are
 * sent inside, the exit closes, and goes on when nobody is inside any more. The lowest bit says
 * that it is closed, the others count who is inside.
 */
final class Admission {
  private static final int CLOSED = 1;
  private static final int ONE = 2;

  private final String context;
  private final AtomicInteger state = new AtomicInteger();
  private final CompletableFuture<@Nullable Void> empty = new CompletableFuture<>();

  Admission(String context) {
    this.context = context;
  }

  /**
   * {@return a publisher that sends what the given one does, or fails if the context has exited}
   *
   * @param source a driver's statement
   * @param results how many results it gives
   */
  Publisher<Result> guard(Publisher<? extends Result> source, int results) {
    return subscriber -> {
      if (!enter()) {
        Flux.<Result>error(
                new IllegalStateException(
                    context + " has ended, so this statement isn't run: wait for it in the body"))
            .subscribe(subscriber);
        return;
      }
      var passage = new Passage(subscriber, results, this::leave);
      try {
        source.subscribe(passage);
      } catch (Throwable error) {
        passage.notSent();
        throw error;
      }
    };
  }

  private boolean enter() {
    int seen = state.get();
    while ((seen & CLOSED) == 0) {
      if (state.compareAndSet(seen, seen + ONE)) {
        return true;
      }
      seen = state.get();
    }
    return false;
  }

  private void leave() {
    if (state.addAndGet(-ONE) == CLOSED) {
      empty.complete(null);
    }
  }

  /** Lets nobody in any more. {@return a future that completes when nobody is inside} */
  CompletableFuture<@Nullable Void> close() {
    int before = state.getAndUpdate(seen -> seen | CLOSED);
    return before < ONE ? Failure.none() : empty;
  }
}
