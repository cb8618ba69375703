package dev.withal.stress.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Report;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** What is true after every run, whatever happened in it. */
final class Invariants {
  private final Run run;

  Invariants(Run run) {
    this.run = run;
  }

  void check() {
    assertThat(run.broken).isEmpty();
    for (Opened open : run.opened) {
      exitsOnce(open);
      exitsAfterItsBody(open);
      exitsBeforeTheOuter(open);
    }
    for (Outcome outcome : run.outcomes.stream().filter(each -> each.begun).toList()) {
      isSeenAfterTheExits(outcome);
      keepsTheInterruption(outcome);
    }
    losesNoError();
    leavesNothingOver();
  }

  /** L1, L8. */
  private static void exitsOnce(Opened open) {
    assertThat(open.exits).as("L1: exits of " + open).isEqualTo(open.arrived < 0 ? 0 : 1);
  }

  /** L3. */
  private void exitsAfterItsBody(Opened open) {
    if (open.bodyBegan < 0) {
      return;
    }
    if (isReported(Report.Kind.OVERLAP, open)) {
      assertThat(open.exitBegan).as("L3: exit of " + open).isNotNegative();
    } else {
      assertThat(open.isBesideItsBody()).as("L3: unreported overlap of " + open).isFalse();
      assertThat(open.bodyEnded).as("L3: end of the body of " + open).isNotNegative();
      assertThat(open.exitBegan).as("L3: exit of " + open).isGreaterThan(open.bodyEnded);
    }
  }

  /** L4, except past a grace period: then nobody waits for a late exit, or for a body. */
  private void exitsBeforeTheOuter(Opened inner) {
    Opened outer = inner.resource.outer == null ? null : inner.resource.outer.latest;
    if (outer != null && outer.arrived >= 0 && inner.arrived >= 0 && isAwaited(inner)) {
      assertThat(inner.exitEnded).as("L4: " + inner + " before " + outer).isNotNegative();
      assertThat(outer.exitBegan)
          .as("L4: " + outer + " after " + inner)
          .isGreaterThan(inner.exitEnded);
    }
  }

  /** L2. */
  private void isSeenAfterTheExits(Outcome outcome) {
    assertThat(outcome.seen).as("L2: " + outcome + " has ended").isNotNegative();
    for (Opened open : outcome.owed) {
      if (open.arrived >= 0 && isAwaited(open)) {
        int ended = open.forced < 0 ? open.exitEnded : open.forced;
        assertThat(ended).as("L2: exited " + open).isBetween(0, outcome.seen);
      }
    }
  }

  /**
   * An interruption is seen by the body, thrown, or left in the flag; and none comes of nothing.
   */
  private void keepsTheInterruption(Outcome outcome) {
    if (outcome.direct) {
      List<Throwable> errors = new ArrayList<>();
      errors.add(outcome.error);
      outcome.owed.forEach(open -> errors.add(open.suppressed));
      boolean told =
          outcome.flag
              || reachable(errors).stream().anyMatch(InterruptedException.class::isInstance);
      if (outcome.interrupts > 0) {
        assertThat(told).as("L9: interruption of " + outcome + " kept").isTrue();
      } else {
        assertThat(outcome.flag).as("L9: interruption of " + outcome + " made up").isFalse();
      }
    }
  }

  /** L5. */
  private void losesNoError() {
    Set<Throwable> told =
        reachable(
            Stream.of(
                    run.outcomes.stream().map(outcome -> outcome.error),
                    run.reports.stream().map(Report::error),
                    run.opened.stream().map(open -> open.suppressed))
                .flatMap(errors -> errors)
                .toList());
    assertThat(told).as("mistakes in core").noneMatch(NullPointerException.class::isInstance);
    List<String> texts = told.stream().map(Throwable::toString).toList();
    for (Throwable error : run.errors) {
      // By its text: where it would close a cycle, a copy is added in its place.
      assertThat(texts).as("L5: somebody is told of it").contains(error.toString());
    }
  }

  private void leavesNothingOver() {
    assertThat(run.scheduler.timers().pending()).as("timers left over").isEmpty();
  }

  /** Whether somebody waits for this exit: not if it is late, beside a body or given up. */
  private boolean isAwaited(Opened open) {
    return !open.isLate()
        && run.reports.stream().noneMatch(report -> report.kind() == Report.Kind.OVERLAP)
        && !isReported(Report.Kind.ABANDONED_EXIT, open);
  }

  private boolean isReported(Report.Kind kind, Opened open) {
    return run.reports.stream()
        .anyMatch(report -> report.kind() == kind && report.context().contains(open.toString()));
  }

  private static Set<Throwable> reachable(Collection<Throwable> errors) {
    Set<Throwable> found = Collections.newSetFromMap(new IdentityHashMap<>());
    var open = new ArrayDeque<Throwable>();
    errors.stream().filter(Objects::nonNull).forEach(open::add);
    for (Throwable next = open.poll(); next != null; next = open.poll()) {
      if (found.add(next)) {
        Stream.of(next.getSuppressed()).forEach(open::add);
        if (next.getCause() != null) {
          open.add(next.getCause());
        }
      }
    }
    return found;
  }
}
