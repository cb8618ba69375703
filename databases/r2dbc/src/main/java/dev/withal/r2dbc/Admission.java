package dev.withal.r2dbc;

import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Admits statements to a connection until the context that has it exits.
 *
 * <p>Design: cancelling a subscription doesn't reach a thread that is just about to send its next
 * statement. A statement sent after a rollback would take effect on its own, and one sent after the
 * connection went back would take effect in a stranger's transaction. So statements are sent
 * inside; the exit closes the admission, and continues when nobody is inside any more. The lowest
 * bit says that it is closed, and the others count the statements inside.
 */
final class Admission {
  private static final int CLOSED = 1;
  private static final int ONE = 2;

  private final String context;
  private final Consumer<Throwable> failed;
  private final Supplier<@Nullable R2dbcException> refusal;
  private final Unread unread;
  private final AtomicInteger state = new AtomicInteger();
  private final CompletableFuture<@Nullable Void> empty = new CompletableFuture<>();

  /** Whether a step was cancelled, which the server may still take. */
  private volatile boolean leftBehind;

  /**
   * @param context the name of the context, for messages
   * @param failed called with each error of a statement, whoever hears of it
   * @param refusal gives the error for a statement that must not be sent; null if it may be
   * @param unread the statements on the connection that were cancelled with an unread result
   */
  Admission(
      String context,
      Consumer<Throwable> failed,
      Supplier<@Nullable R2dbcException> refusal,
      Unread unread) {
    this.context = context;
    this.unread = unread;
    this.failed = failed;
    this.refusal = refusal;
  }

  /**
   * {@return a publisher that behaves as the given one, or fails if the context has exited}
   *
   * @param source a driver's statement
   * @param results the number of results that it emits
   */
  Publisher<Result> guard(Publisher<? extends Result> source, int results) {
    return subscriber -> subscriber.onSubscribe(new Passage(source, subscriber, results, this));
  }

  /**
   * {@return the same for a statement that a driver sends when its result is read}
   *
   * @param source a driver's statement
   */
  Publisher<Result> guardReadings(Publisher<? extends Result> source) {
    return subscriber -> source.subscribe(new SentByReading(subscriber, this));
  }

  /** Lets a statement in. {@return the error if it must not be sent; null if it is inside} */
  @Nullable Throwable admit() {
    R2dbcException refused = refusal();
    return refused != null || enter() ? refused : ended("statement isn't run");
  }

  /** {@return the error for statements that must not be sent; null if they may} */
  @Nullable R2dbcException refusal() {
    return refusal.get();
  }

  /** Records the error of a statement. */
  void failed(Throwable error) {
    failed.accept(error);
  }

  /** {@return the statements on the connection whose results are dropped before the next one} */
  Unread unread() {
    return unread;
  }

  /**
   * {@return the same step, taken inside} Cancelling it leaves the inside, however the driver
   * reacts; then it is {@linkplain #hasLeftBehind() left behind}.
   *
   * @param step a driver's step
   */
  <T> Mono<T> step(Mono<T> step) {
    return Mono.defer(() -> {
      if (!enter()) {
        throw ended("step isn't taken");
      }
      var inside = new AtomicBoolean(true);
      return step.doOnTerminate(
              () -> {
                if (inside.compareAndSet(true, false)) {
                  leave();
                }
              })
          .doOnCancel(() -> {
            // Cancelling a step that has ended is allowed.
            if (inside.compareAndSet(true, false)) {
              leftBehind = true;
              leave();
            }
          });
    });
  }

  /**
   * {@return whether a step was cancelled under way} The driver doesn't say what became of it
   * before the server has answered once more.
   */
  boolean hasLeftBehind() {
    return leftBehind;
  }

  private IllegalStateException ended(String what) {
    return new IllegalStateException(
        context + " has ended, so this " + what + ": wait for it in the body");
  }

  /** {@return whether a statement or step is inside} */
  boolean isBusy() {
    return state.get() >= ONE;
  }

  boolean isClosed() {
    return (state.get() & CLOSED) != 0;
  }

  private boolean enter() {
    unread.drop();
    int seen = state.get();
    while ((seen & CLOSED) == 0) {
      if (state.compareAndSet(seen, seen + ONE)) {
        return true;
      }
      seen = state.get();
    }
    return false;
  }

  /** Records that a statement or step that was let in is over. */
  void leave() {
    if (state.addAndGet(-ONE) == CLOSED) {
      empty.complete(null);
    }
  }

  /** Admits nothing more. {@return a future that completes when nothing is inside} */
  CompletableFuture<@Nullable Void> close() {
    int before = state.getAndUpdate(seen -> seen | CLOSED);
    unread.drop();
    return before < ONE ? Failure.none() : empty;
  }
}
