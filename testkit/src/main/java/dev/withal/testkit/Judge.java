package dev.withal.testkit;

import dev.withal.ExitCase;
import dev.withal.Report;
import dev.withal.testkit.Evidence.Phase;
import dev.withal.testkit.Evidence.Told;
import dev.withal.testkit.Plan.Ask;
import dev.withal.testkit.Plan.Ending;
import dev.withal.testkit.Plan.Fault;
import dev.withal.testkit.Plan.Style;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Finds the laws that the evidence of one trial breaks. */
final class Judge {
  private final Plan plan;
  private final Evidence seen;
  private final BiConsumer<Law, String> finding;

  Judge(Plan plan, Evidence seen, BiConsumer<Law, String> finding) {
    this.plan = plan;
    this.seen = seen;
    this.finding = finding;
  }

  void judge() {
    if (seen.stuck != null || seen.hung) {
      standstill();
      return;
    }
    undisturbed();
    exactlyOnce();
    resultAfterExit();
    noOverlap();
    errors();
    told();
    requests();
  }

  private void standstill() {
    if (seen.stuck != null && plan.style() != Style.DIRECT) {
      finding.accept(Law.L13, "a thread is held in stage style: " + where(seen.stuck));
    } else if (seen.phase == Phase.EXIT) {
      finding.accept(Law.L9, "the exit never ends");
    } else if (seen.askedIn != null) {
      finding.accept(Law.L8, "the caller asked the use to end, but waits forever");
    } else {
      finding.accept(Law.L8, "the enter never ends");
    }
  }

  /** {@return the thread and the first lines of its stack} */
  static String where(Throwable stuck) {
    StackTraceElement[] stack = stuck.getStackTrace();
    StringBuilder where = new StringBuilder(String.valueOf(stuck.getMessage()));
    for (int i = 0; i < Math.min(stack.length, 12); i++) {
      where.append("\n      at ").append(stack[i]);
    }
    return where.toString();
  }

  private void undisturbed() {
    if (!plan.isUndisturbed() || plan.ending() != Ending.VALUE) {
      return;
    }
    if (seen.error != null) {
      finding.accept(
          Law.L13, "a use that works with complete stages on one thread fails here: " + seen.error);
    } else if (seen.value != PlannedUse.VALUE) {
      finding.accept(Law.L6, "the body's value was lost");
    }
  }

  private void exactlyOnce() {
    Law law = lawOfLeaks();
    seen.contextFaults.forEach(fault -> finding.accept(law, fault));
    for (Told told : seen.told) {
      if (told.times() > 1) {
        finding.accept(Law.L1, told.name() + " was exited " + told.times() + " times");
      }
    }
    if (seen.heldAtLast > 0 && !seen.exitFailed()) {
      finding.accept(law, seen.heldAtLast + " are still held after everything has ended");
    } else if (seen.heldAtLast < -seen.leftBefore) {
      finding.accept(
          Law.L1, -seen.heldAtLast - seen.leftBefore + " more were released than acquired");
    }
    if (seen.transferTorn) {
      finding.accept(Law.L12, "closing the stack that popAll had emptied released something");
    }
  }

  private Law lawOfLeaks() {
    if (plan.isFatal()) {
      return Law.L16;
    }
    if (seen.refused) {
      return Law.L15;
    }
    if (seen.askedIn == Phase.ENTER || lateInEnter()) {
      return plan.ask() == Ask.CLOSE ? Law.L11 : plan.ask() == Ask.TRANSFER ? Law.L12 : Law.L8;
    }
    return Law.L1;
  }

  private boolean lateIn(Phase phase) {
    return plan.fault() == Fault.COMES_LATE && seen.faultPhase == phase;
  }

  private boolean lateInEnter() {
    return lateIn(Phase.ENTER) || lateIn(Phase.LEAVING);
  }

  private void resultAfterExit() {
    if (seen.reported(Report.Kind.ABANDONED_EXIT) || plan.style() == Style.OPEN_STACK) {
      return;
    }
    if (seen.heldAtResult > 0 && !seen.exitFailed() && !lateInEnter()) {
      finding.accept(Law.L2, "the result was visible while " + seen.heldAtResult + " were held");
    }
    if (seen.doneWhileLate && lateIn(Phase.EXIT)) {
      finding.accept(Law.L2, "the result was visible while a step of the exit was pending");
    }
    // A context that arrived in time is exited first, and an exit may take any time.
    if (!seen.doneWhileLate && lateIn(Phase.ENTER) && seen.askedIn == Phase.ENTER) {
      finding.accept(Law.L8, "the caller still waits after the grace period");
    }
  }

  private void noOverlap() {
    boolean overlap = lateIn(Phase.BODY) || plan.style() == Style.OPEN_STACK;
    int least = seen.heldAsBodyBegan - seen.leftBefore;
    if (seen.bodyRan && !overlap && seen.heldAsBodyEnded < least) {
      finding.accept(
          Law.L3,
          "while the body ran, the number held fell from "
              + seen.heldAsBodyBegan
              + " to "
              + seen.heldAsBodyEnded);
    }
  }

  private void errors() {
    Throwable body = seen.bodyError;
    if (body != null && plan.ask() == null) {
      if (seen.error == null) {
        finding.accept(Law.L6, "the body failed and its error was swallowed");
      } else if (!seen.tells(body)) {
        finding.accept(Law.L5, "the body's error was lost; the result is " + seen.error);
      }
    }
    Throwable injected = seen.injected;
    boolean recovered = seen.faultPhase == Phase.ENTER && seen.bodyRan;
    // An interruption takes the body's thread off its step.
    boolean abandoned =
        seen.abandoned || (plan.ask() == Ask.INTERRUPT && seen.faultPhase == Phase.BODY);
    if (injected != null && !recovered && !abandoned && !seen.tells(injected)) {
      finding.accept(Law.L5, injected + " was lost; the result is " + shown());
    }
  }

  private String shown() {
    return String.valueOf(seen.error == null ? seen.value : seen.error);
  }

  private void told() {
    if (plan.fault() != null || plan.style() == Style.OPEN_STACK) {
      return;
    }
    for (Told told : seen.told) {
      ExitCase how = told.how();
      boolean asked = seen.accepted && seen.askedIn != Phase.EXIT;
      // A body may end by itself as its thread is interrupted: the flag shows that then.
      boolean unheard = plan.ask() == Ask.INTERRUPT && seen.interruptedAfterwards;
      boolean right = (asked && !unheard) ? isTheRequest(how) : isTheBodysEnd(how);
      if (!right) {
        finding.accept(Law.L6, "the exit of " + told.name() + " was told " + how);
      }
    }
  }

  private boolean isTheRequest(ExitCase how) {
    Throwable reason = seen.reason;
    return how instanceof ExitCase.Cancelled
        || (reason != null && Evidence.reaches(how.error(), reason));
  }

  private boolean isTheBodysEnd(ExitCase how) {
    return switch (plan.ending()) {
      case VALUE -> how instanceof ExitCase.Succeeded;
      case FAILURE, FATAL ->
          how instanceof ExitCase.Failed && Evidence.reaches(how.error(), body());
      case CANCELLED -> how instanceof ExitCase.Cancelled;
    };
  }

  private Throwable body() {
    Throwable error = seen.bodyError;
    return error == null ? new IllegalStateException("no body") : error;
  }

  private void requests() {
    Ask ask = plan.ask();
    if (ask == null || seen.askedIn == null || !seen.accepted || failed()) {
      return;
    }
    Throwable error = seen.error;
    Throwable reason = seen.reason;
    boolean answered =
        switch (ask) {
          case CANCEL -> error instanceof CancellationException;
          case TIMEOUT -> reason != null && Evidence.reaches(error, reason);
          case COMPLETE -> error == null && seen.value == PlannedUse.ASKED_VALUE;
          case INTERRUPT -> seen.interruptedAfterwards || interrupted(error);
          case CLOSE, TRANSFER -> true;
        };
    if (!answered) {
      Law law = ask == Ask.INTERRUPT && seen.askedIn == Phase.EXIT ? Law.L9 : Law.L7;
      finding.accept(law, "asked to " + ask + ", the use ended with " + shown());
    }
  }

  private boolean failed() {
    return seen.injected != null;
  }

  private static boolean interrupted(@Nullable Throwable error) {
    return error instanceof InterruptedException || error instanceof CancellationException;
  }
}
