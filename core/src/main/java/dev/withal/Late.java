package dev.withal;

import java.lang.ref.WeakReference;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is left to do when a stage ends that its use has given up. It keeps nothing of the use but
 * what it needs for that, as the stage may never end.
 */
sealed interface Late extends BiFunction<@Nullable Object, @Nullable Throwable, @Nullable Void> {

  /** {@return where the use's steps run} */
  Settings settings();

  /** The stage has ended after all. */
  void ended(@Nullable Object result, @Nullable Throwable error);

  @Override
  default @Nullable Void apply(@Nullable Object result, @Nullable Throwable error) {
    settings().proceed(() -> ended(result, error));
    return null;
  }

  /**
   * An enter: what arrives is exited (L8).
   *
   * @param waiting what stands for it in the record of what is held, if it is recorded
   */
  record Enter(
      AsyncContextManager<?> manager,
      Settings settings,
      Throwable reason,
      @Nullable AsyncContext<?> waiting)
      implements Late {
    @Override
    public void ended(@Nullable Object result, @Nullable Throwable error) {
      HeldContext.ended(waiting);
      Stages.exitLate(
          settings.named(manager),
          error == null ? Stages.context(manager, result) : null,
          error,
          ExitCase.cancelled(reason));
    }
  }

  /**
   * A body whose exit has begun: its failure is reported, if it is news, and its result is dropped.
   *
   * @param own what the use's context handed out, as far as somebody still has it
   */
  record Running(
      Object name, Settings settings, Throwable reason, WeakReference<@Nullable Object> own)
      implements Late {
    @Override
    public void ended(@Nullable Object result, @Nullable Throwable error) {
      if (error == null) {
        Dropped.exitLate(result, own.get(), name, settings, reason);
        return;
      }
      Throwable failure = Failures.told(error);
      if (failure == reason) {
        return;
      }
      if (Unwinding.isNews(failure)) {
        Stages.reportLate(name, "body", failure);
      }
    }
  }
}
