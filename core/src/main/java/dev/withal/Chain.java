package dev.withal;

import dev.withal.internal.HearsOfBody;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A manager and what {@code map} and {@code flatMap} make of its value.
 *
 * <p>Design: the steps are a linked list, the last one first, so that adding one shares the rest; a
 * use turns it round and goes through it in a loop. Each {@code flatMap} nests a use, which costs
 * no stack in stage style; in direct style, past a depth, the contexts are put on an exit stack
 * instead.
 */
final class Chain<T extends @Nullable Object>
    implements Configured.Composed<T>, Direct.UsesHere<T>, Here.Enters<T> {
  private static final int DEPTH = 100;

  /**
   * One step and a neighbour: the one before, or in a list that was turned round, the one after.
   */
  private record Step(
      Function<@Nullable Object, @Nullable Object> function, boolean flat, @Nullable Step next) {}

  private final AsyncContextManager<?> source;
  private final @Nullable Step last;
  private final Settings ofParts;

  private Chain(AsyncContextManager<?> source, @Nullable Step last, Settings ofParts) {
    this.source = source;
    this.last = last;
    this.ofParts = ofParts;
  }

  @Override
  public AsyncContextManager<T> withParts(Settings settings) {
    return new Chain<>(source, last, settings);
  }

  @Override
  public boolean hasOnePart() {
    Step step = last;
    while (step != null && !step.flat) {
      step = step.next;
    }
    return step == null;
  }

  @SuppressWarnings("unchecked") // what comes before a step has the type that its function takes
  static <T extends @Nullable Object> Chain<T> add(
      AsyncContextManager<?> manager, Function<?, ?> function, boolean flat) {
    var step = (Function<@Nullable Object, @Nullable Object>) function;
    return manager instanceof Chain<?> chain
        ? new Chain<>(chain.source, new Step(step, flat, chain.last), chain.ofParts)
        : new Chain<>(manager, new Step(step, flat, null), Settings.DEFAULT);
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    return OpenUse.enter(this);
  }

  @Override
  public <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody.Cancellable<? super T, ? extends R> body) {
    Objects.requireNonNull(body, "body");
    return use(source, before(null), body);
  }

  @Override
  public <R extends @Nullable Object, X extends Exception> R useHere(
      Body<? super T, ? extends R, X> body, Settings settings) throws X, InterruptedException {
    var first = hasOnePart() ? Configured.orOwn(source, ofParts) : source;
    return useHere(first, before(null), body, settings, 0);
  }

  @Override
  public String toString() {
    return Report.nameOf(source);
  }

  /** {@return this chain's steps in order, and then the given ones} */
  private @Nullable Step before(@Nullable Step rest) {
    Step steps = rest;
    for (Step step = last; step != null; step = step.next) {
      steps = new Step(step.function, step.flat, steps);
    }
    return steps;
  }

  // ---- stage style -----------------------------------------------------------------------------

  private <R extends @Nullable Object> CompletableFuture<R> use(
      AsyncContextManager<?> next,
      @Nullable Step steps,
      AsyncBody.Cancellable<? super T, ? extends R> body) {
    AsyncContextManager<?> manager = Configured.orOwn(next, ofParts);
    // A body that doesn't hear of a cancellation lets each use go through at once where it can.
    return body instanceof AtOnce.Deaf<? super T, ? extends R>(var deaf)
        ? manager.useAsync(new Rest<T, R>(this, steps, body, deaf))
        : manager.useAsync(new RestCancellable<T, R>(this, steps, body));
  }

  /** The steps before a body, and that. */
  private record Rest<T extends @Nullable Object, R extends @Nullable Object>(
      Chain<T> chain,
      @Nullable Step steps,
      AsyncBody.Cancellable<? super T, ? extends R> wrapped,
      AsyncBody<? super T, ? extends R> here)
      implements AsyncBody<@Nullable Object, R>, Inside.Wraps {
    @Override
    public CompletionStage<? extends R> apply(@Nullable Object value) throws Exception {
      return chain.<R>follow(steps, value, wrapped, here);
    }
  }

  /** The same with a body that hears of a cancellation. */
  private record RestCancellable<T extends @Nullable Object, R extends @Nullable Object>(
      Chain<T> chain, @Nullable Step steps, AsyncBody.Cancellable<? super T, ? extends R> wrapped)
      implements AsyncBody.Cancellable<@Nullable Object, R>, Inside.Wraps {
    @Override
    public CompletionStage<? extends R> apply(@Nullable Object value, Cancellation cancellation)
        throws Exception {
      return chain.<R>follow(steps, value, wrapped, last -> wrapped.apply(last, cancellation));
    }
  }

  /** The same in direct style. */
  private record RestHere<
          T extends @Nullable Object, R extends @Nullable Object, X extends Exception>(
      Chain<T> chain,
      @Nullable Step steps,
      Body<? super T, ? extends R, X> wrapped,
      Settings settings,
      int depth)
      implements Body<@Nullable Object, R, X>, Inside.Wraps {
    @Override
    public R apply(@Nullable Object value) throws X, InterruptedException {
      return chain.<R, X>followHere(steps, value, wrapped, settings, depth);
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the last step gives what the body takes
  private <R extends @Nullable Object> CompletionStage<? extends R> follow(
      @Nullable Step steps,
      @Nullable Object start,
      AsyncBody.Cancellable<? super T, ? extends R> body,
      AsyncBody<? super T, ? extends R> here)
      throws Exception {
    Object value = start;
    for (Step step = steps; step != null; step = step.next) {
      value = step.function.apply(value);
      if (step.flat) {
        var inner = manager(value);
        return inner instanceof Chain<?> chain
            ? use(chain.source, chain.before(step.next), body)
            : use(inner, step.next, body);
      }
    }
    return here.apply((T) value);
  }

  // ---- direct style ----------------------------------------------------------------------------

  private <R extends @Nullable Object, X extends Exception> R useHere(
      AsyncContextManager<?> next,
      @Nullable Step steps,
      Body<? super T, ? extends R, X> body,
      Settings settings,
      int depth)
      throws X, InterruptedException {
    if (depth < DEPTH) {
      return Direct.<@Nullable Object, R, X>use(
          erased(next), new RestHere<T, R, X>(this, steps, body, settings, depth), settings);
    }
    return Direct.<AsyncExitStack, R, X>use(
        AsyncExitStack.manager(), stack -> onStack(stack, next, steps, body), settings);
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the last step gives what the body takes
  private <R extends @Nullable Object, X extends Exception> R followHere(
      @Nullable Step steps,
      @Nullable Object start,
      Body<? super T, ? extends R, X> body,
      Settings settings,
      int depth)
      throws X, InterruptedException {
    Object value = start;
    for (Step step = steps; step != null; step = step.next) {
      value = step.function.apply(value);
      if (step.flat) {
        var inner = manager(value);
        return inner instanceof Chain<?> chain
            ? useHere(chain.source, chain.before(step.next), body, settings, depth + 1)
            : useHere(inner, step.next, body, settings, depth + 1);
      }
    }
    return body.apply((T) value);
  }

  /** Enters the managers on a stack of their own, which is what the context exits. */
  @Override
  public AsyncContext<T> enterHere() throws InterruptedException {
    var parts = new AsyncExitStack(AsyncExitStack.NAME, null);
    Throwable error;
    try {
      return new OnStack<>(
          this.<T, RuntimeException>onStack(parts, source, before(null), x -> x), parts);
    } catch (Throwable failure) {
      error = parts.exitHere(ExitCase.of(Failures.unwrap(failure, parts)), parts).error();
      SharedErrors.pass(error, parts, Thread.currentThread());
    }
    throw Failures.<RuntimeException>sneaky(
        error == null ? new IllegalStateException("the body was never run") : error);
  }

  /** The value that a chain came to, and what is entered for it. */
  private record OnStack<T extends @Nullable Object>(T value, AsyncExitStack parts)
      implements AsyncContext<T>, Stages.TellsCase, HearsOfBody, Here.Exits {
    @Override
    public CompletionStage<?> lost() {
      return parts.lost();
    }

    @Override
    public void asked(Throwable reason) {
      parts.asked(reason);
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return parts.exitAsync(how);
    }

    @Override
    public CompletionStage<ExitCase> exitCase(ExitCase how, Object by) {
      return parts.exitCase(how, by);
    }

    @Override
    public ExitCase exitHere(Object named, ExitCase how, Object by) {
      return parts.exitHere(how, by);
    }

    /** Without the value: what reports print may not hold secrets. */
    @Override
    public String toString() {
      return "context";
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the last step gives what the body takes
  private <R extends @Nullable Object, X extends Exception> R onStack(
      AsyncExitStack stack,
      AsyncContextManager<?> first,
      @Nullable Step steps,
      Body<? super T, ? extends R, X> body)
      throws X, InterruptedException {
    Object value = stack.enter(part(first));
    Step step = steps;
    while (step != null) {
      value = step.function.apply(value);
      if (!step.flat) {
        step = step.next;
      } else if (manager(value) instanceof Chain<?> chain) {
        value = stack.enter(part(chain.source));
        step = chain.before(step.next);
      } else {
        value = stack.enter(part(manager(value)));
        step = step.next;
      }
    }
    return body.apply((T) value);
  }

  /** {@return a part of this chain, with its settings if it has none of its own} */
  private AsyncContextManager<@Nullable Object> part(AsyncContextManager<?> manager) {
    return erased(Configured.orOwn(manager, ofParts));
  }

  private static AsyncContextManager<?> manager(@Nullable Object value) {
    return (AsyncContextManager<?>)
        Objects.requireNonNull(
            value, "the function given to flatMap returned null: return a manager");
  }

  @SuppressWarnings("unchecked") // whatever it hands out is an object
  private static AsyncContextManager<@Nullable Object> erased(AsyncContextManager<?> manager) {
    return (AsyncContextManager<@Nullable Object>) manager;
  }
}
