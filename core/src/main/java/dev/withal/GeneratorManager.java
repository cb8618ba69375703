package dev.withal;

import dev.withal.internal.Named;
import dev.withal.internal.Shield;
import dev.withal.internal.Site;
import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link Generator}: in direct style on the calling thread, with the body called from the
 * yield; else as a {@link Coroutine}.
 */
final class GeneratorManager<T extends @Nullable Object>
    implements AsyncContextManager<T>, Named<AsyncContextManager<T>>, Direct.UsesHere<T> {
  private final @Nullable String name;
  private final Generator<T> generator;

  GeneratorManager(@Nullable String name, Generator<T> generator) {
    Site.note(generator);
    this.name = name;
    this.generator = generator;
  }

  @Override
  public AsyncContextManager<T> withName(String other) {
    return new GeneratorManager<>(other, generator);
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    Span span = Tracer.isOn() ? Inside.beginByHand() : null;
    if (span == null) {
      return start();
    }
    Thread caller = Thread.currentThread();
    return Inside.run(
        span,
        () -> Stages.map(start(), context -> EnteredByHand.entered(context, this, span, caller)));
  }

  private Coroutine<T> start() {
    return Coroutine.<T>start(
        this,
        handOver -> {
          var yield = new OnceYield<T>(name, value -> handOver.to(() -> value, null));
          return yield.left(yield.run(generator));
        });
  }

  @Override
  public <R extends @Nullable Object, X extends Exception> R useHere(
      Body<? super T, ? extends R, X> body, Settings settings) throws X, InterruptedException {
    HeldHere held = HeldHere.begin(this, settings, body);
    if (held == null) {
      return useHere(body, settings, null);
    }
    Throwable left = null;
    try {
      return useHere(body, settings, held);
    } catch (Throwable error) {
      left = error;
      throw error;
    } finally {
      held.ended(left);
    }
  }

  @SuppressWarnings("NullAway") // null only where the contract says so: the error was suppressed
  private <R extends @Nullable Object, X extends Exception> R useHere(
      Body<? super T, ? extends R, X> body, Settings settings, @Nullable HeldHere held)
      throws X, InterruptedException {
    var inline = new InlineBody<T, R>(body, held);
    var yield = new OnceYield<T>(name, inline);
    Throwable thrown = yield.run(generator);
    Throwable error;
    try {
      error = yield.left(thrown).error();
    } catch (Throwable notEntered) {
      error = notEntered;
    }
    if (error != null) {
      ExitCase after =
          Dropped.exitHere(inline.result, inline.own, this, settings, ExitCase.of(error), inline);
      throw Failures.<X>sneaky(Objects.requireNonNull(after.error()));
    }
    return inline.result;
  }

  @Override
  public String toString() {
    return name == null ? "generator" + Site.of(generator) : name;
  }

  /** A yield that is called once, on the generator's thread, and then shields what follows. */
  private static final class OnceYield<T extends @Nullable Object> implements Generator.Yield<T> {
    private final Thread thread = Thread.currentThread();
    private final int since = SharedErrors.additions();
    private final Shield.@Nullable Watch around = Shield.ofThread().innermost();
    private final @Nullable String name;
    private final Function<? super T, ExitCase> body;
    private ExitCase how = ExitCase.success();
    private boolean yielded;
    private boolean interrupted;

    /** Raised as the yield returns; null before. */
    private @Nullable Shield shield;

    /** What the uses around the yield are told beyond its error; null if there is nothing. */
    private @Nullable AfterYield after;

    private @Nullable IllegalStateException misuse;

    OnceYield(@Nullable String name, Function<? super T, ExitCase> body) {
      this.name = name;
      this.body = body;
    }

    /** {@return what the generator threw; null if it returned} */
    @Nullable Throwable run(Generator<T> generator) {
      try {
        generator.run(this);
        return null;
      } catch (Throwable error) {
        return Failures.unwrap(error, this);
      } finally {
        if (after != null) {
          after.end();
        }
        if (shield != null) {
          interrupted |= shield.lower();
          if (interrupted) {
            thread.interrupt();
          }
        }
      }
    }

    @Override
    public void value(T value) throws Exception {
      if (Thread.currentThread() != thread) {
        throw new IllegalStateException(
            "yield.value"
                + (name == null ? "" : " of " + name)
                + " was called on another thread: call it on the one the generator runs on");
      }
      if (yielded) {
        misuse = new IllegalStateException(this + " yielded twice: yield one value");
        throw misuse;
      }
      how = body.apply(value);
      SharedErrors.thrown(how.error(), since, this);
      yielded = true;
      // What follows is the exit: neither a request made by now nor a later one reaches it.
      // That of a timeout around this yield is the timeout's, also if the body has set it again.
      interrupted = Thread.interrupted() && !Shield.ofThread().hasSentInside(around);
      shield = Shield.raise();
      after = AfterYield.begin(how);
      Throwable error = how.error();
      if (error != null) {
        throw Failures.<Exception>sneaky(error);
      }
    }

    @Override
    public String toString() {
      return name == null ? "the generator" : "the generator " + name;
    }

    /** {@return the case as a generator leaves it that ended with {@code thrown}, or returned} */
    ExitCase left(@Nullable Throwable thrown) throws Throwable {
      ExitCase after = Unwinding.after(how, verdict(thrown), this);
      SharedErrors.leaves(after.error(), this, since);
      return after;
    }

    /**
     * {@return what a generator answers that ended with {@code thrown}, or returned}
     *
     * @throws Throwable if it never yielded: why its enter failed
     */
    private Verdict verdict(@Nullable Throwable thrown) throws Throwable {
      if (!yielded) {
        SharedErrors.leaves(thrown, this, since);
        throw thrown != null
            ? thrown
            : new IllegalStateException(this + " did not yield: yield one value");
      }
      if (misuse != null) {
        return Verdict.replaceWith(
            thrown == null ? misuse : Failures.replace(misuse, thrown, this));
      }
      if (thrown == null) {
        return Verdict.SUPPRESS;
      }
      return thrown == how.error() ? Verdict.PROPAGATE : Verdict.replaceWith(thrown);
    }
  }

  /** Runs a body in direct style, and keeps what it returns. */
  private static final class InlineBody<T extends @Nullable Object, R extends @Nullable Object>
      implements Function<T, ExitCase> {
    private final Body<? super T, ? extends R, ?> body;
    private final @Nullable AfterYield before = AfterYield.ofThread();
    private @Nullable Object own;
    private @Nullable R result;

    /** The record of this use; null if nobody traces. */
    private final @Nullable HeldHere held;

    InlineBody(Body<? super T, ? extends R, ?> body, @Nullable HeldHere held) {
      this.body = body;
      this.held = held;
    }

    @Override
    public ExitCase apply(T value) {
      own = value;
      ExitCase how = ExitCase.success();
      try {
        result = held == null ? body.apply(value) : held.<T, R>run(body, value);
      } catch (Throwable error) {
        how = ExitCase.of(Failures.unwrap(error, Thread.currentThread()));
      }
      how = AfterYield.told(before, how);
      if (held != null) {
        held.exiting(how);
      }
      return how;
    }
  }
}
