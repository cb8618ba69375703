package dev.withal;

import dev.withal.internal.TaskFailures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What one exit makes of the case it was told (L5, L6): the same rules in every style. {@code by}
 * is on whose behalf errors are added to, as {@link SharedErrors} knows it.
 */
final class Unwinding {
  static final String NO_VERDICT =
      "the exit completed with null instead of a verdict: complete it with Verdict.PROPAGATE";

  private Unwinding() {}

  /** {@return the case of a body that ended with {@code error}} */
  static ExitCase ofBody(Throwable error, Object by) {
    if (error instanceof OpenUse.EndedLike like) {
      SharedErrors.pass(like.how.error(), like.by, by);
      return like.how;
    }
    return ExitCase.of(error);
  }

  /** {@return the case of a body that was asked to end for {@code reason}, and ended so} */
  static ExitCase asked(Throwable reason, @Nullable Throwable bodyError, Object by) {
    return ExitCase.cancelled(bodyError == null ? reason : joined(reason, bodyError, by));
  }

  /** {@return the reason to end, with what an error says beyond it} */
  static Throwable joined(Throwable reason, Throwable error, Object by) {
    Throwable joined = reason;
    for (Throwable added : beyond(reason, error)) {
      joined = Failures.join(joined, added, by);
    }
    return joined;
  }

  /** {@return what an error says beyond the reason to end} */
  static List<Throwable> beyond(Throwable reason, Throwable error) {
    if (error == reason) {
      return List.of();
    }
    return isEcho(error) ? saidBy(error, reason) : List.of(error);
  }

  /**
   * {@return what an echo says beyond that the request was heard}
   *
   * @param reason the request's, which says for itself what it carries
   */
  static List<Throwable> saidBy(Throwable echo, @Nullable Throwable reason) {
    Set<Throwable> echoes = Collections.newSetFromMap(new IdentityHashMap<>());
    var said = new ArrayList<Throwable>();
    for (Throwable at = echo;
        at != null && at != reason && echoes.add(at);
        at = Foreign.cause(at)) {
      if (!isEcho(at)) {
        said.add(at);
        return said;
      }
      said.addAll(Foreign.suppressed(at));
    }
    return said;
  }

  /** Whether an error says more than that the request to end was heard. */
  static boolean isNews(Throwable error) {
    return !isEcho(error) || !saidBy(error, null).isEmpty();
  }

  /** Whether an error only says that the request to end was heard. */
  static boolean isEcho(Throwable error) {
    return error instanceof CancellationException || error instanceof InterruptedException;
  }

  /** Whether an error says no more than that what was asked to end for {@code reason} did so. */
  static boolean isAnswer(Throwable failure, @Nullable Throwable reason) {
    Throwable error = Failures.told(failure);
    return error == reason ? Foreign.suppressed(error).isEmpty() : !isNews(error);
  }

  /**
   * {@return the case as an exit leaves it that completed with {@code answer}} That is a verdict,
   * or, from a stack of ours, the case itself, which says more than one verdict can.
   */
  static ExitCase after(ExitCase how, @Nullable Object answer, Object by) {
    if (answer == Verdict.PROPAGATE) {
      return how; // by far the most
    }
    return switch (answer) {
      case ExitCase after -> after;
      case Verdict.Propagate ignored -> how;
      case Verdict.Suppress unused -> left(how, null);
      case Verdict.Replace(Throwable error) -> replaced(how, error, by);
      case null, default -> afterFailure(how, new NullPointerException(NO_VERDICT), by);
    };
  }

  /**
   * {@return the case as the exits of a group leave it} Each member was told how the body ended,
   * and not what others failed with; so what one of them suppresses is the body's error alone.
   *
   * @param answers what each answered or failed with
   */
  static ExitCase afterAll(
      ExitCase how, AtomicReferenceArray<@Nullable Object> answers, Object by) {
    ExitCase after = how;
    for (int i = 0; i < answers.length(); i++) {
      if (ofMember(how, answers.get(i)) instanceof Verdict.Suppress suppress) {
        after = after(how, suppress, by);
      }
    }
    for (int i = answers.length() - 1; i >= 0; i--) {
      Object answer = ofMember(how, answers.get(i));
      if (answer instanceof Throwable failure) {
        after = afterFailure(after, failure, by);
      } else if (!(answer instanceof Verdict.Suppress)) {
        after = after(after, answer, by);
      }
    }
    return after;
  }

  /** {@return what a member answers about the body's end alone, if it told a case} */
  private static @Nullable Object ofMember(ExitCase how, @Nullable Object answer) {
    return answer instanceof ExitCase after ? verdict(how, after) : answer;
  }

  /** {@return the case as an exit leaves it that failed with {@code failure}} */
  static ExitCase afterFailure(ExitCase how, Throwable failure, Object by) {
    return Failures.inner(failure) instanceof TaskFailures tasks
        ? afterTasks(how, tasks, by)
        : afterError(how, Failures.unwrap(failure, by), by);
  }

  /** The exit of a group tells of each of its tasks, the first that failed first. */
  private static ExitCase afterTasks(ExitCase how, TaskFailures tasks, Object by) {
    ExitCase after = how;
    for (TaskFailures.Failure task : tasks.failures()) {
      SharedErrors.pass(task.error(), task.heldBy(), by);
      after = afterError(after, task.error(), by);
    }
    return after;
  }

  private static ExitCase afterError(ExitCase how, Throwable exitError, Object by) {
    return switch (how) {
      case ExitCase.Succeeded(var deadline) -> ExitCase.of(exitError).by(deadline);
      case ExitCase.Failed(var error, var deadline) ->
          new ExitCase.Failed(Failures.join(error, exitError, by), deadline);
      case ExitCase.Cancelled(var error, var bodyStillRuns, var deadline) ->
          new ExitCase.Cancelled(Failures.join(error, exitError, by), bodyStillRuns, deadline);
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

  private static ExitCase replaced(ExitCase how, Throwable error, Object by) {
    Throwable old = how.error();
    Throwable joined = old == null ? error : Failures.replace(old, error, by);
    return left(how, joined);
  }

  /** {@return the case as exits leave it that were told {@code how}, by the error they left} */
  static ExitCase left(ExitCase how, @Nullable Throwable error) {
    if (error == how.error()) {
      return how;
    }
    if (how instanceof ExitCase.Cancelled(var ignored, boolean bodyStillRuns, var deadline)
        && bodyStillRuns
        && error != null) {
      return new ExitCase.Cancelled(error, true, deadline);
    }
    return (error == null ? ExitCase.success() : ExitCase.of(error)).by(how.deadline());
  }

  /** {@return the case with the deadline of another one, which may be later} */
  static ExitCase withDeadlineOf(ExitCase how, ExitCase after) {
    Instant deadline = how.deadline();
    return deadline.equals(after.deadline())
        ? after
        : switch (after) {
          case ExitCase.Succeeded ignored -> new ExitCase.Succeeded(deadline);
          case ExitCase.Failed(var error, var ignored) -> new ExitCase.Failed(error, deadline);
          case ExitCase.Cancelled(var error, boolean bodyStillRuns, var ignored) ->
              new ExitCase.Cancelled(error, bodyStillRuns, deadline);
        };
  }
}
