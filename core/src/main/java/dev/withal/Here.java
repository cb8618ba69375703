package dev.withal;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What is entered on the calling thread because it may block, and exited on whichever thread calls
 * for that and may block as well (L13).
 */
final class Here {

  /** A manager that has a way of its own to be entered on the calling thread. */
  interface Enters<T extends @Nullable Object> {
    /** Enters. {@return the context} */
    AsyncContext<? extends T> enterHere() throws Exception;
  }

  /** A context that is exited on the calling thread where that may block. */
  interface Exits {
    /**
     * Exits. {@return the case as the exit leaves it}
     *
     * @param named what reports call the context, by what it prints
     * @param by on whose behalf errors are added to
     */
    ExitCase exitHere(Object named, ExitCase how, Object by);
  }

  private Here() {}

  /** {@return how the manager is entered on the calling thread; null if by its stages} */
  @SuppressWarnings("unchecked") // a manager's way to be entered has its own value's type
  static <T extends @Nullable Object> @Nullable Enters<T> of(
      AsyncContextManager<T> manager, Settings settings) {
    if (settings.enterTimeout() != null) {
      return null;
    }
    return switch (manager) {
      case Configured<T> configured -> configured.entersHere();
      case Enters<?> here -> (Enters<T>) here;
      case DualContextManager<T> dual -> () -> new Entered<>(dual, null);
      default -> null;
    };
  }

  static <T extends @Nullable Object> AsyncContext<? extends T> enter(
      Enters<T> here, AsyncContextManager<T> manager, Settings settings)
      throws InterruptedException {
    try {
      AsyncContext<? extends T> context = Recorded.entered(here.enterHere(), manager);
      Recorded.named(context, settings);
      return context;
    } catch (InterruptedException | RuntimeException error) {
      throw error;
    } catch (Exception error) {
      throw Failures.<RuntimeException>sneaky(error);
    }
  }

  /** {@return the case as the exit of a context leaves it that needs no stage} */
  static ExitCase exit(
      AsyncContext<?> context, AsyncContext<?> plain, Object named, ExitCase how, Object by) {
    Runnable opened =
        context instanceof HeldContext<?> held && held.span() != null
            ? Inside.ofThisThread().open(held.span())
            : null;
    try {
      return plain instanceof AsyncExitStack stack
          ? stack.exitHere(how, by)
          : ((Exits) plain).exitHere(named, how, by);
    } finally {
      Inside.close(opened);
    }
  }

  /**
   * The context of a synchronous manager. Where nobody waits for its exit, in stage style, that has
   * a thread of its own, or the executor's.
   */
  static final class Entered<T extends @Nullable Object>
      implements AsyncContext<T>, Stages.TellsCase, Exits {
    private final Object named;
    private final Context<? extends T> context;
    private final @Nullable Executor executor;

    Entered(ContextManager<T> manager, @Nullable Executor executor) throws Exception {
      this(manager, Objects.requireNonNull(manager.enter(), Blocking.NO_CONTEXT), executor);
    }

    /**
     * Makes the context of something that was entered.
     *
     * @param named what knows its name
     */
    Entered(Object named, Context<? extends T> context, @Nullable Executor executor) {
      this.named = named;
      this.context = context;
      this.executor = executor;
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
      return Blocking.exitElsewhere(context, how, by, executor);
    }

    @Override
    public ExitCase exitHere(Object named, ExitCase how, Object by) {
      return Blocking.exit(context, how, by);
    }

    /** Without the value: what reports print may not hold secrets. */
    @Override
    public String toString() {
      return Report.nameOf(named);
    }
  }
}
