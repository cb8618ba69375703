package dev.withal;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is left to do when a stage ends that its use has given up: what arrives is exited, and what
 * failed is reported. It keeps nothing of the use but what it needs for that, as the stage may
 * never end.
 */
sealed interface Late {

  /** The stage has ended after all. */
  void ended(@Nullable Object result, @Nullable Throwable error);

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
      HeldContext.ended(waiting, error == null ? reason : error);
      Late.exit(
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
  record Running(Object name, Settings settings, Throwable reason, Supplier<@Nullable Object> own)
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
        Late.report(name, "body", failure);
      }
    }
  }

  /** Exits what arrived after its caller had stopped waiting, and reports what failed (L8). */
  static void exit(
      Object manager,
      @Nullable AsyncContext<?> late,
      @Nullable Throwable enterFailure,
      ExitCase how) {
    if (late == null) {
      if (enterFailure != null && !Unwinding.isAnswer(enterFailure, how.error())) {
        report(manager, "enter", enterFailure);
      }
      return;
    }
    Throwable told = how.error();
    int before = told == null ? 0 : Foreign.suppressed(told).size();
    try {
      StageEnd.<@Nullable Object>hear(
          Stages.exit(late, manager, how, late),
          (answer, failure) -> {
            Throwable error =
                failure == null ? Unwinding.after(how, answer, late).error() : failure;
            // A context that tells its case joins what failed in it to what it was told. To that of
            // another one, somebody else may have added something meanwhile: its caller has it.
            boolean joined =
                answer instanceof ExitCase
                    && told != null
                    && Foreign.suppressed(told).size() > before;
            if (error != null && (error != told || joined)) {
              report(manager, "exit", error);
            }
            return null;
          });
    } catch (Throwable error) {
      report(manager, "exit", error);
    }
  }

  /** Reports what failed after its caller had stopped waiting. */
  static void report(Object manager, String what, Throwable error) {
    Report.send(
        Report.Kind.LATE_FAILURE,
        manager,
        "the " + what + " failed after its caller had stopped waiting",
        Failures.told(error));
  }

  /**
   * Reports what failed in exits that nobody waits for.
   *
   * @param told what they were told, to which errors may have been added
   * @param left the error that they left; null if there is none
   */
  static void reportExit(Object named, Throwable told, @Nullable Throwable left) {
    if (left != null && left != told) {
      report(named, "exit", left);
    }
    Foreign.suppressed(told).forEach(added -> report(named, "exit", added));
  }

  /** Reports that nobody knows what a context handed out. */
  static void reportNoValue(Object manager, Throwable error) {
    Report.send(
        Report.Kind.FAILED_CALLBACK,
        manager,
        "the context failed when it was asked for its value again",
        error);
  }
}
