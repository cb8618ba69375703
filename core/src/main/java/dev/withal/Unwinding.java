package dev.withal;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** What one exit makes of the case it was told (L5, L6): the same rules in every style. */
final class Unwinding {
  static final String NO_VERDICT =
      "the exit completed with null instead of a verdict: complete it with Verdict.PROPAGATE";

  private Unwinding() {}

  /** {@return the case of a body that ended with {@code error}} */
  static ExitCase ofBody(Throwable error) {
    return error instanceof OpenUse.EndedLike like ? like.how : ExitCase.of(error);
  }

  /** {@return the case of a body that was asked to end for {@code reason}, and ended so} */
  static ExitCase asked(Throwable reason, @Nullable Throwable bodyError, int since) {
    return ExitCase.cancelled(bodyError == null ? reason : joined(reason, bodyError, since));
  }

  /** {@return the reason to end, with what an error says beyond it} */
  static Throwable joined(Throwable reason, Throwable error, int since) {
    if (!isEcho(error)) {
      return Failures.join(reason, error, since);
    }
    Throwable joined = reason;
    for (Throwable added : error.getSuppressed()) {
      joined = Failures.join(joined, added, since);
    }
    return joined;
  }

  /** Whether an error only says that the request to end was heard. */
  static boolean isEcho(Throwable error) {
    return error instanceof CancellationException || error instanceof InterruptedException;
  }

  /**
   * {@return the case as an exit leaves it that completed with {@code answer}} That is a verdict,
   * or, from a stack of ours, the case itself, which says more than one verdict can.
   */
  static ExitCase after(ExitCase how, @Nullable Object answer, int since) {
    if (answer == Verdict.PROPAGATE) {
      return how; // by far the most
    }
    return switch (answer) {
      case ExitCase after -> after;
      case Verdict.Propagate _ -> how;
      case Verdict.Suppress _ ->
          how.error() == null ? how : ExitCase.succeeded().by(how.deadline());
      case Verdict.Replace(Throwable error) -> replaced(how, error, since);
      case null, default -> afterFailure(how, new NullPointerException(NO_VERDICT), since);
    };
  }

  /** {@return the case as an exit leaves it that failed with {@code failure}} */
  static ExitCase afterFailure(ExitCase how, Throwable failure, int since) {
    Throwable exitError = Failures.unwrap(failure);
    return switch (how) {
      case ExitCase.Succeeded(var deadline) -> ExitCase.of(exitError).by(deadline);
      case ExitCase.Failed(var error, var deadline) ->
          new ExitCase.Failed(Failures.join(error, exitError, since), deadline);
      case ExitCase.Cancelled(var error, var bodyStillRuns, var deadline) ->
          new ExitCase.Cancelled(Failures.join(error, exitError, since), bodyStillRuns, deadline);
    };
  }

  /**
   * {@return what several exits together answer that were told {@code before} and left {@code
   * after}}
   */
  static Verdict verdict(ExitCase before, ExitCase after) {
    Throwable error = after.error();
    if (error == before.error()) {
      return Verdict.PROPAGATE;
    }
    return error == null ? Verdict.SUPPRESS : Verdict.replaceWith(error);
  }

  private static ExitCase replaced(ExitCase how, Throwable error, int since) {
    Throwable old = how.error();
    Throwable joined = old == null ? error : Failures.replace(old, error, since);
    return how instanceof ExitCase.Cancelled(_, boolean bodyStillRuns, var deadline)
            && bodyStillRuns
        ? new ExitCase.Cancelled(joined, true, deadline)
        : ExitCase.of(joined).by(how.deadline());
  }
}
