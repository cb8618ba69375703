package dev.withal.testkit;

import dev.withal.ExitCase;
import dev.withal.Report;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The observations of one trial. Written by the trial's threads, read when it is over. */
final class Evidence {

  /** The progress of a use. */
  enum Phase {
    ENTER,
    /**
     * Asked to end during the enter: a step that begins now still enters, or exits a late arrival.
     */
    LEAVING,
    BODY,
    EXIT
  }

  /** The exit case that one of the gate's own contexts was given. */
  record Told(String name, ExitCase how, int times) {}

  final Journal log = new Journal();
  final List<Report> reports = new CopyOnWriteArrayList<>();
  final List<Told> told = new CopyOnWriteArrayList<>();
  volatile List<String> contextFaults = List.of();

  volatile Phase phase = Phase.ENTER;
  volatile boolean bodyRan;

  /** How much failed exits of earlier trials left, which may be released during this one. */
  volatile int leftBefore;

  // How much is held, beyond the count before the trial.
  volatile int heldAsBodyBegan;
  volatile int heldAsBodyEnded;
  volatile int heldAtResult;
  volatile int heldAtLast;

  /** The result: a value, or an error. */
  volatile @Nullable Object value;

  volatile @Nullable Throwable error;
  volatile boolean interruptedAfterwards;

  /** The error with which the body fails, if it does. */
  volatile @Nullable Throwable bodyError;

  /** The error with which a step failed, and the phase. */
  volatile @Nullable Throwable injected;

  volatile @Nullable Phase faultPhase;

  /** The result was visible before the step failed, and not because the step came late. */
  volatile boolean abandoned;

  volatile boolean doneWhileLate;

  /** The gate's executor refused a task. */
  volatile boolean refused;

  /** When the use was asked to end, for which reason, and whether that counted. */
  volatile @Nullable Phase askedIn;

  volatile @Nullable Throwable reason;
  volatile boolean accepted;

  /** Closing the stack that was emptied released something. */
  volatile boolean transferTorn;

  /** The trial came to a standstill. */
  volatile boolean hung;

  /** A thread blocked that must not. */
  volatile @Nullable Throwable stuck;

  /**
   * {@return whether a step of an exit failed} Only the author of such an exit knows what it holds.
   */
  boolean exitFailed() {
    return injected != null && (faultPhase == Phase.EXIT || faultPhase == Phase.LEAVING);
  }

  boolean reported(Report.Kind kind) {
    return reports.stream().anyMatch(report -> report.kind() == kind);
  }

  /** {@return whether the caller or a listener of reports was told of the error} */
  boolean tells(Throwable sought) {
    return reaches(error, sought)
        || reports.stream().anyMatch(report -> reaches(report.error(), sought));
  }

  static boolean reaches(@Nullable Throwable from, Throwable sought) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var left = new ArrayDeque<Throwable>();
    if (from != null) {
      left.add(from);
    }
    for (Throwable next = left.poll(); next != null; next = left.poll()) {
      if (next == sought) {
        return true;
      }
      if (seen.add(next)) {
        left.addAll(List.of(next.getSuppressed()));
        if (next.getCause() != null) {
          left.add(next.getCause());
        }
      }
    }
    return false;
  }
}
