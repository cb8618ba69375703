package dev.withal;

import dev.withal.internal.Time;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A generator that runs on a virtual thread of its own; this future is its enter.
 *
 * <p>Design. The thread runs the generator up to its yield, hands out a context and waits; the exit
 * tells it how the body ended, and it runs the rest. Asked to end while it still enters, it is
 * interrupted, so that the generator itself gives back what it has. The lock guards against race
 * with the yield: an interruption meant for the enter must not hit what follows.
 */
final class Coroutine<T extends @Nullable Object> extends RequestFuture<AsyncContext<T>> {
  private final Generator<T> generator;
  private final CompletableFuture<Verdict> exit = new CompletableFuture<>();

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private @Nullable Thread entering;
  private boolean asked;

  private Coroutine(Generator<T> generator) {
    this.generator = generator;
  }

  static <T extends @Nullable Object> Coroutine<T> start(Generator<T> generator) {
    var coroutine = new Coroutine<>(generator);
    Time.current().start("withal-generator", coroutine::run);
    return coroutine;
  }

  private void run() {
    beginEnter();
    var yield = new HandOver();
    Throwable thrown = null;
    try {
      generator.run(yield);
    } catch (Throwable error) {
      thrown = Failures.unwrap(error);
    }
    if (yield.yielded()) {
      yield.unshield();
      exit.complete(yield.verdict(thrown));
    } else {
      endEnter();
      Throwable error = yield.after(thrown).error();
      fail(error == null ? new AssertionError("unreachable") : error);
    }
  }

  // ---- requests --------------------------------------------------------------------------------

  @Override
  boolean accepts(Request request) {
    lock.lock();
    try {
      boolean first = !asked && !isDone();
      asked = true;
      if (first && entering != null) {
        Time.current().interrupt(entering);
      }
      return first;
    } finally {
      lock.unlock();
    }
  }

  @Override
  @Nullable RequestFuture<?> onAccepted(Request request) {
    return null;
  }

  private void beginEnter() {
    lock.lock();
    try {
      entering = Thread.currentThread();
      if (asked) {
        entering.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private void endEnter() {
    lock.lock();
    try {
      entering = null;
      Thread.interrupted();
    } finally {
      lock.unlock();
    }
  }

  // ---- the hand-over ---------------------------------------------------------------------------

  private final class HandOver extends GeneratorManager.OnceYield<T> implements AsyncContext<T> {
    private final CompletableFuture<ExitCase> bodyEnd = new CompletableFuture<>();
    private final AtomicBoolean exited = new AtomicBoolean();
    private @Nullable T value;

    HandOver() {
      super(Thread.currentThread());
    }

    @Override
    ExitCase body(T handed) {
      value = handed;
      endEnter();
      finish(this);
      Direct.awaitShielded(bodyEnd);
      return bodyEnd.join();
    }

    @Override
    @SuppressWarnings("NullAway") // set before the context is handed out
    public T value() {
      return value;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      if (!exited.compareAndSet(false, true)) {
        throw new IllegalStateException("this context was exited already: exit it once");
      }
      bodyEnd.complete(how);
      return exit;
    }
  }
}
