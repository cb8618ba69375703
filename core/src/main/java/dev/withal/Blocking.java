package dev.withal;

import dev.withal.internal.Shield;
import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A synchronous manager in the asynchronous protocol, and how one is used as it is. */
final class Blocking<T extends @Nullable Object>
    implements DualContextManager<T>, Direct.UsesHere<T>, Here.Enters<T> {
  static final String NO_CONTEXT = "enter returned null instead of a context";

  private final ContextManager<T> source;
  private final @Nullable Executor executor;

  Blocking(ContextManager<T> source, @Nullable Executor executor) {
    this.source = source;
    this.executor = executor;
  }

  static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> R use(
      ContextManager<T> manager, Body<? super T, ? extends R, X> body, Settings settings)
      throws X, InterruptedException {
    HeldHere held = HeldHere.begin(manager, settings, body);
    if (held == null) {
      return use(manager, body, settings, null);
    }
    Throwable left = null;
    try {
      return use(manager, body, settings, held);
    } catch (Throwable error) {
      left = error;
      throw error;
    } finally {
      held.ended(left);
    }
  }

  @SuppressWarnings("NullAway") // null only where the contract says so: the error was suppressed
  private static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      R use(
          ContextManager<T> manager,
          Body<? super T, ? extends R, X> body,
          Settings settings,
          @Nullable HeldHere held)
          throws X, InterruptedException {
    int since = SharedErrors.additions();
    AfterYield before = AfterYield.ofThread();
    Context<? extends T> context;
    try {
      context = Objects.requireNonNull(manager.enter(), NO_CONTEXT);
    } catch (Exception failure) {
      Throwable error = Failures.unwrap(failure, Thread.currentThread());
      SharedErrors.leaves(error, manager, since);
      throw Failures.<X>sneaky(error);
    }
    Object own = null;
    R result = null;
    ExitCase how = ExitCase.success();
    LossWatch watch = null;
    try {
      T value = context.value();
      own = value;
      watch = LossWatch.begin(context, context.lost());
      result = held == null ? body.apply(value) : held.<T, R>run(body, value);
    } catch (Throwable error) {
      Suppressing.entered(body);
      SharedErrors.thrown(error, since, context);
      how = ExitCase.of(Failures.unwrap(error, context));
    }
    Throwable lost = watch == null ? null : watch.end();
    if (lost != null) {
      SharedErrors.thrown(lost, since, context);
      how = Unwinding.asked(lost, how.error(), context);
      how = Dropped.exitHere(result, own, manager, settings, how, context);
    }
    how = AfterYield.told(before, how);
    if (held != null) {
      held.exiting(how);
    }
    ExitCase after = exit(context, how, context);
    if (after.error() != null) {
      if (lost == null) {
        after = Dropped.exitHere(result, own, manager, settings, after, context);
      }
      Throwable error = Objects.requireNonNull(after.error());
      SharedErrors.leaves(error, context, since);
      throw Failures.<X>sneaky(error);
    }
    return lost == null ? result : null;
  }

  /** {@return the case as the context's exit leaves it} Runs on the calling thread, shielded. */
  static ExitCase exit(Context<?> context, ExitCase how, Object by) {
    boolean interrupted = Thread.interrupted();
    Shield shield = Shield.raise();
    try {
      ExitCase told = Shutdown.bounded(how);
      Verdict answer =
          how.error() == null
              ? context.exit(told)
              : SharedErrors.handing(by, () -> context.exit(told));
      return Unwinding.after(how, answer, by);
    } catch (Throwable error) {
      return Unwinding.afterFailure(how, error, by);
    } finally {
      if (shield.lower() || interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** {@return whether it takes a bound on its enter without a thread of its own} */
  boolean isPatient() {
    return source instanceof Patient<T> && executor == null;
  }

  /** {@return the same with a bound on its enter, and a name, if it is patient} */
  Blocking<T> within(@Nullable Duration limit, @Nullable String name) {
    return new Blocking<>(((Patient<T>) source).within(limit, name), null);
  }

  @Override
  public Context<? extends T> enter() throws Exception {
    return source.enter();
  }

  @Override
  public <R extends @Nullable Object, X extends Exception> R useHere(
      Body<? super T, ? extends R, X> body, Settings settings) throws X, InterruptedException {
    return source instanceof Waiting<T>(var waiting)
        ? Direct.use(Configured.orOwn(waiting, settings.ofWrapper()), body, Settings.DEFAULT)
        : use(source, body, settings);
  }

  @Override
  public <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    EventLoops.refuse("use", "useAsync");
    return source.use(Objects.requireNonNull(body, "body"));
  }

  /** {@return the settings of an asynchronous manager that was made synchronous} */
  Settings settings() {
    return source instanceof Waiting<T>(var waiting)
        ? Configured.settings(waiting).ofWrapper()
        : Settings.DEFAULT;
  }

  @Override
  public <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody.Cancellable<? super T, ? extends R> body) {
    return executor == null && source instanceof Waiting<T>(var waiting)
        ? waiting.useAsync(body)
        : AtOnce.start(this, Objects.requireNonNull(body, "body"), settings());
  }

  @Override
  public AsyncContext<? extends T> enterHere() throws Exception {
    return source instanceof Waiting<T>(var waiting)
        ? Direct.enter(waiting, Configured.settingsToEnter(waiting))
        : new Here.Entered<>(source, executor);
  }

  @Override
  public CompletionStage<? extends AsyncContext<? extends T>> enterAsync() {
    if (executor == null) {
      return source instanceof Waiting<T>(var waiting)
          ? waiting.enterAsync()
          : Coroutine.<T>start(this, this::enterAndExit);
    }
    var entered = new CompletableFuture<AsyncContext<T>>();
    var task = new Once(Carried.along(() -> enterOnExecutor(entered)));
    try {
      executor.execute(task);
    } catch (Throwable refusal) {
      // Unless it has run: then somebody has to exit what it entered.
      if (task.drop()) {
        entered.completeExceptionally(refusal);
      } else {
        Once.report(executor, refusal);
      }
    }
    return entered;
  }

  private ExitCase enterAndExit(Coroutine.HandOver<T> handOver) throws Throwable {
    Context<? extends T> context = Objects.requireNonNull(source.enter(), NO_CONTEXT);
    // The coroutine asks its thread again for what it tells it.
    Thread by = Thread.currentThread();
    ExitCase how;
    try {
      how = handOver.to(context::value, context.lost());
    } catch (Throwable error) {
      throw Objects.requireNonNullElse(exit(context, ExitCase.of(error), by).error(), error);
    }
    return exit(context, how, by);
  }

  private void enterOnExecutor(CompletableFuture<AsyncContext<T>> entered) {
    try {
      entered.complete(new OnExecutor(Objects.requireNonNull(source.enter(), NO_CONTEXT)));
    } catch (Throwable error) {
      entered.completeExceptionally(error);
    }
  }

  @Override
  public String toString() {
    return Report.nameOf(source);
  }

  /** A context that was entered as a task of the executor, and is exited as another one. */
  private final class OnExecutor implements AsyncContext<T>, Stages.TellsCase {
    private final Context<? extends T> context;

    OnExecutor(Context<? extends T> context) {
      this.context = context;
    }

    @Override
    public T value() {
      return context.value();
    }

    @Override
    public @Nullable CompletionStage<?> lost() {
      return context.lost();
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Stages.verdict(this, how);
    }

    @Override
    public CompletionStage<ExitCase> exitCase(ExitCase how, Object by) {
      return exitElsewhere(context, how, by, executor);
    }

    @Override
    public String toString() {
      return Report.nameOf(Blocking.this);
    }
  }

  /** Begins an exit on a thread where it may block: the executor's, or one of its own. */
  static CompletionStage<ExitCase> exitElsewhere(
      Context<?> context, ExitCase how, Object by, @Nullable Executor executor) {
    var exit = ThreadWork.End.<ExitCase>ofExit(by);
    Runnable task = Carried.along(() -> exit.finish(exit.work(() -> exit(context, how, by))));
    if (executor == null) {
      Time.current().start("withal-exit", task);
    } else {
      // If it is rejected, what was acquired there is still to be released: here, then.
      Once.run(executor, task);
    }
    return exit;
  }
}
