package dev.withal.testkit;

import dev.withal.AsyncContextManager;
import dev.withal.testkit.Plan.Ask;
import dev.withal.testkit.Plan.Ending;
import dev.withal.testkit.Plan.Fault;
import dev.withal.testkit.Plan.Style;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The laws of Withal, as a test for any manager.
 *
 * <p>The manager is used in each style, and everything that can happen to a use happens at every
 * step of it: the body succeeds, fails, fails fatally; a step throws, fails, fails fatally, or
 * comes late; the use is cancelled, times out, is completed or interrupted; an exit stack that
 * enters it is closed or emptied. The steps are the waits at the {@link Gate}, the body, and each
 * timer of virtual time. All combinations are enumerated; none is left to chance. After that there
 * are many uses at the same time, and many inside one another.
 *
 * <p>Violations are reported by law, each with the shortest trial that causes it.
 *
 * {@snippet class="dev.withal.testkit.ManagerLawsTest" region="laws"}
 *
 * <p>It installs virtual time of its own. One check runs at a time in a process. Immutable. A null
 * argument is refused with a {@link NullPointerException}.
 *
 * @param <T> the type of the manager's value
 */
public final class ManagerLaws<T extends @Nullable Object> {
  static {
    Core.letIn();
  }

  private final Function<? super Gate, ? extends AsyncContextManager<T>> source;
  private final IntSupplier holding;
  private final Supplier<Pace> pace;
  private final int crowd;

  private ManagerLaws(
      Function<? super Gate, ? extends AsyncContextManager<T>> source,
      IntSupplier holding,
      Supplier<Pace> pace,
      int crowd) {
    this.source = source;
    this.holding = holding;
    this.pace = pace;
    this.crowd = crowd;
  }

  /**
   * {@return the laws for a manager as it is} The steps are the body and the waits for timers.
   *
   * @param manager creates the manager, anew for each trial
   * @param <T> the type of its value
   */
  public static <T extends @Nullable Object> ManagerLaws<T> of(
      Supplier<? extends AsyncContextManager<T>> manager) {
    Objects.requireNonNull(manager, "manager");
    return of(ignored -> manager.get());
  }

  /**
   * {@return the laws for a manager whose steps wait at a gate} An adapter is put around {@link
   * Gate#manager}.
   *
   * @param manager creates the manager, anew for each trial
   * @param <T> the type of its value
   */
  public static <T extends @Nullable Object> ManagerLaws<T> of(
      Function<? super Gate, ? extends AsyncContextManager<T>> manager) {
    return new ManagerLaws<>(
        Objects.requireNonNull(manager, "manager"),
        () -> 0,
        () -> new Pace.Virtual(VirtualTime.install()),
        1_000);
  }

  /**
   * {@return these laws, with a count of the resources that are held} When a use has ended, the
   * count must be the same as before. Leaks and early releases are found by it. What an exit that
   * fails leaves held is its author's business, and may be released at any time afterwards.
   *
   * @param count counts the resources that the manager has acquired and not released; must be
   *     thread-safe
   */
  public ManagerLaws<T> holding(IntSupplier count) {
    return new ManagerLaws<>(source, Objects.requireNonNull(count, "count"), pace, crowd);
  }

  /**
   * {@return these laws, with another number of uses at the same time} The default is 1,000.
   *
   * @param uses the number of uses
   * @throws IllegalArgumentException if {@code uses} is less than 1
   */
  public ManagerLaws<T> concurrently(int uses) {
    if (uses < 1) {
      throw new IllegalArgumentException("uses must be at least 1, but is " + uses);
    }
    return new ManagerLaws<>(source, holding, pace, uses);
  }

  /**
   * {@return these laws, in real time} For a manager with threads of its own, which virtual time
   * doesn't know: the test waits for them. Grace periods are short then.
   */
  public ManagerLaws<T> inRealTime() {
    return new ManagerLaws<>(source, holding, Pace.Real::new, crowd);
  }

  /**
   * Checks the manager.
   *
   * @throws AssertionError if it breaks a law
   * @throws IllegalStateException if virtual time is already in force
   * @throws InterruptedException if the calling thread is interrupted
   */
  public void check() throws InterruptedException {
    var findings = new Findings();
    try (var loops = new LoopThreads()) {
      var enumeration = new Enumeration(findings, loops);
      enumeration.all();
      findings.raise();
      new Crowd<>(source, holding, enumeration.left, pace, loops, crowd).all(findings);
    }
    findings.raise();
  }

  /** All trials, the simple ones first. */
  private final class Enumeration {
    private final Findings findings;
    private final LoopThreads loops;

    /** How much failed exits have left so far. */
    private int left;

    Enumeration(Findings findings, LoopThreads loops) {
      this.findings = findings;
      this.loops = loops;
    }

    void all() throws InterruptedException {
      works();
      for (Style style : List.of(Style.AT_ONCE, Style.STAGE, Style.DIRECT, Style.STACK)) {
        for (Ending ending : Ending.values()) {
          trial(Plan.undisturbed(style, ending));
        }
        for (Fault fault : faults(style)) {
          everyStep(style, Ending.VALUE, fault);
          everyStep(style, Ending.FAILURE, fault);
        }
      }
      for (Ask ask : List.of(Ask.CANCEL, Ask.TIMEOUT, Ask.COMPLETE)) {
        everyPosition(Style.STAGE, ask);
        everyPosition(Style.STACK, ask);
      }
      everyPosition(Style.DIRECT, Ask.INTERRUPT);
      everyPosition(Style.OPEN_STACK, Ask.CLOSE);
      everyPosition(Style.OPEN_STACK, Ask.TRANSFER);
    }

    private void works() throws InterruptedException {
      Evidence seen = run(Plan.undisturbed(Style.AT_ONCE, Ending.VALUE));
      if (seen.error != null) {
        throw new AssertionError(
            "the manager fails without any disturbance, so it can't be put to the test",
            seen.error);
      }
    }

    private List<Fault> faults(Style style) {
      return style == Style.AT_ONCE
          ? List.of(Fault.THROWS, Fault.FAILS, Fault.FAILS_FATALLY)
          : List.of(Fault.values());
    }

    private void everyStep(Style style, Ending ending, Fault fault) throws InterruptedException {
      for (int step = 0; ; step++) {
        Evidence seen = trial(Plan.faulty(style, ending, fault, step));
        if (seen.faultPhase == null) {
          return;
        }
      }
    }

    private void everyPosition(Style style, Ask ask) throws InterruptedException {
      var faults =
          style == Style.OPEN_STACK
              ? new @Nullable Fault[] {null, Fault.COMES_LATE}
              : new @Nullable Fault[] {null, Fault.FAILS, Fault.COMES_LATE};
      for (@Nullable Fault fault : faults) {
        for (int position = 0; ; position++) {
          Evidence seen = trial(Plan.asked(style, ask, fault, position));
          if (seen.askedIn == null) {
            break;
          }
        }
      }
    }

    private Evidence trial(Plan plan) throws InterruptedException {
      Evidence seen = run(plan);
      findings.trial();
      new Judge(plan, seen, (law, what) -> findings.add(law, what, seen.log.events())).judge();
      if (seen.stuck != null || seen.hung) {
        findings.raise(); // threads may be held for good: nothing more can be told from here
      }
      return seen;
    }

    private Evidence run(Plan plan) throws InterruptedException {
      try (Pace own = pace.get()) {
        // Once there is a finding, resources that are held forever need not be awaited for long.
        Duration patience = findings.isEmpty() ? own.patience() : own.patience().dividedBy(100);
        Evidence seen = new Trial<>(plan, source, holding, left, own, loops).run(patience);
        left += Math.max(-left, seen.exitFailed() ? seen.heldAtLast : Math.min(0, seen.heldAtLast));
        return seen;
      }
    }
  }
}
