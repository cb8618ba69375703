package dev.withal.internal;

import java.util.List;

/**
 * The failures of a group's tasks, with which its exit fails: core joins each to the error of the
 * body (L5).
 *
 * <p>Design: only core knows who may add to an error, and that is the use, not the group. Code that
 * sees this exception itself finds the failures as its cause and its suppressed exceptions.
 */
public final class TaskFailures extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * The failure of one task.
   *
   * @param error the error
   * @param heldBy what may add to the error now, as the task has ended: its thread or its use
   */
  public record Failure(Throwable error, Object heldBy) {}

  private final transient List<Failure> failures;

  /**
   * Makes it.
   *
   * @param failures the failures in the order in which they came; at least one
   */
  public TaskFailures(List<Failure> failures) {
    super("tasks have failed", failures.getFirst().error, true, false);
    this.failures = List.copyOf(failures);
    failures.stream().skip(1).map(Failure::error).forEach(this::addSuppressed);
  }

  /** {@return the failures in the order in which they came} */
  public List<Failure> failures() {
    return failures;
  }
}
