package dev.withal;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link Generator}: in direct style on the calling thread, with the body called from the
 * yield; else as a {@link Coroutine}.
 */
final class GeneratorManager<T extends @Nullable Object> implements AsyncContextManager<T> {
  private final Generator<T> generator;

  GeneratorManager(Generator<T> generator) {
    this.generator = generator;
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    return Coroutine.start(generator);
  }

  @Override
  @SuppressWarnings(
      "NullAway") // null only where the contract says so: the body's error was suppressed
  public <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    var inline = new InlineYield<T, R>(body);
    Throwable thrown = null;
    try {
      generator.run(inline);
    } catch (Throwable error) {
      thrown = Failures.unwrap(error);
    } finally {
      inline.unshield();
    }
    Throwable error = inline.after(thrown).error();
    if (error != null) {
      throw Failures.<X>sneaky(error);
    }
    return inline.result;
  }

  @Override
  public String toString() {
    return "generator";
  }

  /** What every kind of yield keeps an eye on: one call, on the generator's thread. */
  abstract static class OnceYield<T extends @Nullable Object> implements Generator.Yield<T> {
    private final Thread thread;
    private boolean yielded;
    private @Nullable IllegalStateException misuse;
    private ExitCase how = ExitCase.succeeded();
    private boolean interrupted;

    OnceYield(Thread thread) {
      this.thread = thread;
    }

    /** {@return how the body ended} */
    abstract ExitCase body(T value);

    @Override
    public final void value(T value) throws Exception {
      if (Thread.currentThread() != thread) {
        throw new IllegalStateException(
            "yield.value was called on another thread: call it on the one the generator runs on");
      }
      if (yielded) {
        misuse = new IllegalStateException("the generator yielded twice: yield one value");
        if (how.error() != null) {
          misuse.addSuppressed(how.error());
        }
        throw misuse;
      }
      yielded = true;
      how = body(value);
      // What follows is the exit: neither a request made by now nor a later one reaches it.
      interrupted = Thread.interrupted();
      Shield.raise();
      Throwable error = how.error();
      if (error != null) {
        throw Failures.<Exception>sneaky(error);
      }
    }

    /** Ends what {@link #value} began: must be called once the generator has ended. */
    final void unshield() {
      if (yielded) {
        interrupted |= Shield.lower();
        if (interrupted) {
          thread.interrupt();
        }
      }
    }

    final boolean yielded() {
      return yielded;
    }

    /**
     * {@return the case as the generator leaves it, which ended with {@code thrown} or normally}
     */
    final ExitCase after(@Nullable Throwable thrown) {
      if (!yielded) {
        return ExitCase.of(
            thrown != null
                ? thrown
                : new IllegalStateException("the generator did not yield: yield one value"));
      }
      return Unwinding.after(how, verdict(thrown));
    }

    final Verdict verdict(@Nullable Throwable thrown) {
      if (misuse != null) {
        return Verdict.replaceWith(
            thrown == null || thrown == misuse ? misuse : Failures.replace(misuse, thrown));
      }
      if (thrown == null) {
        return Verdict.SUPPRESS;
      }
      return thrown == how.error() ? Verdict.PROPAGATE : Verdict.replaceWith(thrown);
    }
  }

  private static final class InlineYield<T extends @Nullable Object, R extends @Nullable Object>
      extends OnceYield<T> {
    private final Body<? super T, ? extends R, ?> body;
    @Nullable R result;

    InlineYield(Body<? super T, ? extends R, ?> body) {
      super(Thread.currentThread());
      this.body = body;
    }

    @Override
    ExitCase body(T value) {
      try {
        result = body.apply(value);
        return ExitCase.succeeded();
      } catch (Throwable error) {
        return ExitCase.of(Failures.unwrap(error));
      }
    }
  }
}
