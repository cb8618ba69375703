package dev.withal;

import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * The answer of an exit to the error it was told of: propagate it, suppress it, or replace it by
 * another.
 *
 * <p>It takes the place of the truth value of {@code __aexit__} in PEP 492, which is easily
 * returned by accident. <em>Suppressing</em> has its meaning from Python: the error ends here. A
 * <em>suppressed exception</em> ({@link Throwable#getSuppressed()}) is something else.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * {@snippet class="dev.withal.guide.ErrorsTest" region="verdicts"}
 */
public sealed interface Verdict {

  /** The error, if there is one, goes on to the next exit and at last to the caller. */
  Verdict PROPAGATE = new Propagate();

  /**
   * The error ends here: the next exit is told of a success, and the caller gets {@code null}. It
   * has no effect if the body succeeded, and a request to end that was accepted, such as {@code
   * cancel}, can't be suppressed.
   */
  Verdict SUPPRESS = new Suppress();

  /**
   * {@return the verdict that another error replaces the one the exit was told of} The replaced
   * error stays reachable from the new one: it is added as a suppressed exception, unless it is
   * reachable already, for example as a cause. If the body succeeded, the use now counts as failed.
   *
   * @param error the error that goes on
   */
  static Verdict replaceWith(Throwable error) {
    return new Replace(error);
  }

  /** {@return a stage that is complete already, with this verdict} */
  CompletionStage<Verdict> now();

  /** The kind of {@link #PROPAGATE}. */
  record Propagate() implements Verdict {
    private static final CompletionStage<Verdict> NOW = new Completed<>(new Propagate());

    @Override
    public CompletionStage<Verdict> now() {
      return NOW;
    }
  }

  /** The kind of {@link #SUPPRESS}. */
  record Suppress() implements Verdict {
    @Override
    public CompletionStage<Verdict> now() {
      return new Completed<>(this);
    }
  }

  /**
   * The kind of {@link #replaceWith}.
   *
   * @param error the error that goes on
   */
  record Replace(Throwable error) implements Verdict {
    /** Refuses a null error. */
    public Replace {
      Objects.requireNonNull(error, "error");
    }

    @Override
    public CompletionStage<Verdict> now() {
      return new Completed<>(this);
    }
  }
}
