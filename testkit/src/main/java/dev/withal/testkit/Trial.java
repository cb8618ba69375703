package dev.withal.testkit;

import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Report;
import dev.withal.testkit.Evidence.Phase;
import dev.withal.testkit.Evidence.Told;
import dev.withal.testkit.Plan.Fault;
import dev.withal.testkit.Plan.Style;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One use of a manager that goes as planned.
 *
 * <p>Design: the steps of the manager and of the body wait at a gate. The thread that runs the
 * trial makes one move after the other: it lets the step go that has waited longest, or, if none
 * waits, lets time pass up to the next timer. Before the planned move it asks the use to end. A
 * step that comes late goes when no other move is left.
 */
final class Trial<T extends @Nullable Object> implements Conductor {
  private final Plan plan;
  private final Pace pace;
  private final Executor loop;
  private final IntSupplier holding;
  private final Evidence seen = new Evidence();
  private final Gate gate = new Gate(this);
  private final PlannedUse<T> use;
  private final AtomicInteger steps = new AtomicInteger();
  private final Map<Gate.Step, Phase> phases = new ConcurrentHashMap<>();
  private final int before;

  private volatile Gate.@Nullable Step faulty;
  private Gate.@Nullable Step late;

  Trial(
      Plan plan,
      Function<? super Gate, ? extends AsyncContextManager<T>> source,
      IntSupplier holding,
      int left,
      Pace pace,
      LoopThreads loops) {
    this.plan = plan;
    this.pace = pace;
    this.holding = holding;
    this.loop = task -> pace.known(loops.next()).execute(task);
    AsyncContextManager<T> manager = pace.adapt(source.apply(gate));
    this.before = held();
    seen.leftBefore = left;
    this.use = new PlannedUse<>(plan, manager, gate, pace, loop, seen, () -> held() - before);
  }

  Evidence run(Duration patience) throws InterruptedException {
    try (Ledger ledger = Ledger.open();
        Report.Registration ignored = Report.listen(seen.reports::add)) {
      use.begin();
      moves();
      comesToRest(ledger, patience);
    }
    return seen;
  }

  // ---- the moves -------------------------------------------------------------------------------

  private void moves() throws InterruptedException {
    int timers = 0;
    for (int position = 0; ; position++) {
      long changes = gate.changes();
      seen.stuck = pace.settle(Pace.HELD);
      if (seen.stuck != null) {
        return;
      }
      if (plan.ask() != null && position == plan.position() && canAsk()) {
        use.ask(plan.ask());
        pace.pause(gate);
        timers = 0;
        continue;
      }
      Gate.Step next = gate.next();
      if (next != null) {
        release(next);
        timers = 0;
      } else if (use.hasEnded() && late == null) {
        return;
      } else if (mustEnd() && pace.awaitEnd(gate, changes)) {
        timers = 0;
      } else if (!use.hasEnded() && timers < Pace.TIMERS && pace.pass(gate, changes)) {
        timers++;
      } else if (late != null) {
        releaseLate(late);
      } else if (!gate.awaitChange(changes, pace.patience())) {
        seen.hung = true;
        return;
      }
    }
  }

  /** Whether the caller, who has asked, need not wait for the step that comes late. */
  private boolean mustEnd() {
    return late != null && seen.accepted && !use.hasEnded() && !maybeOfAnExit(late);
  }

  private boolean maybeOfAnExit(Gate.Step step) {
    Phase phase = phases.get(step);
    return phase == Phase.EXIT || phase == Phase.LEAVING;
  }

  /** A closed stack accepts no more calls; a use ignores them. */
  private boolean canAsk() throws InterruptedException {
    pace.pause(gate);
    boolean closed = plan.style() == Style.OPEN_STACK && seen.phase == Phase.EXIT;
    return !closed && !use.hasEnded();
  }

  private void release(Gate.Step step) {
    boolean first = plan.step() == Plan.ASKED && seen.askedIn != null && seen.faultPhase == null;
    Fault fault = step == faulty || first ? plan.fault() : null;
    if (fault == null) {
      goes(step);
      return;
    }
    seen.faultPhase = phases.get(step);
    if (fault == Fault.COMES_LATE) {
      late = step;
    } else if (!step.mayFail()) {
      goes(step);
    } else {
      Throwable error = Injected.by(fault, step);
      loop.execute(() -> inject(step, error));
    }
  }

  /** A late arrival must be exited, perhaps by threads that aren't known here. */
  private void releaseLate(Gate.Step step) throws InterruptedException {
    seen.doneWhileLate = use.hasEnded();
    seen.log.add("nothing else can happen");
    late = null;
    goes(step);
    pace.pause(gate);
  }

  private void goes(Gate.Step step) {
    seen.log.add(step + " goes");
    loop.execute(step::go);
  }

  private void inject(Gate.Step step, Throwable error) {
    seen.log.add(step + " fails with " + error);
    seen.injected = error;
    seen.abandoned = use.hasEnded();
    step.fail(error);
  }

  /** Lets all remaining steps go, so that resources still held then are held forever. */
  private void comesToRest(Ledger ledger, Duration patience) throws InterruptedException {
    gate.open();
    if (seen.stuck == null) {
      // What a failed exit leaves may be held for good, but must not end during a later trial.
      pace.settle(Pace.HELD);
    }
    if (!looksAtRest(ledger) && seen.stuck == null) {
      pace.reaches(gate, patience, () -> looksAtRest(ledger));
    }
  }

  /** Records the state: in real time, a second look might see later events. */
  private boolean looksAtRest(Ledger ledger) {
    seen.heldAtLast = held() - before;
    seen.contextFaults = ledger.faults();
    boolean none = seen.heldAtLast <= 0 && seen.heldAtLast >= -seen.leftBefore;
    return (none || seen.exitFailed()) && seen.contextFaults.isEmpty();
  }

  private int held() {
    return gate.held() + holding.getAsInt();
  }

  // ---- events of the gate ----------------------------------------------------------------------

  @Override
  public void arrives(Gate.Step step) {
    boolean hit = steps.getAndIncrement() == plan.step() && plan.fault() != null;
    seen.log.add(step + " begins");
    Fault fault = hit ? plan.fault() : null;
    boolean leaving = seen.phase == Phase.ENTER && seen.askedIn == Phase.ENTER;
    Phase phase = leaving ? Phase.LEAVING : seen.phase;
    phases.put(step, phase);
    if (hit) {
      faulty = step;
      seen.faultPhase = phase;
    }
    if (fault == Fault.THROWS && !step.mayFail()) {
      // A refused caller may continue without the executor (L15), so nobody need be told.
      seen.log.add(step + " is refused");
      seen.refused = true;
      throw new RejectedExecutionException(step + " is refused by the law suite");
    }
    if (fault == Fault.THROWS) {
      var error = new Injected.Failure(step.toString());
      seen.log.add(step + " throws " + error);
      seen.injected = error;
      throw error;
    }
    if (plan.style() == Style.AT_ONCE) {
      if (step.mayFail() && (fault == Fault.FAILS || fault == Fault.FAILS_FATALLY)) {
        inject(step, Injected.by(fault, step));
      } else {
        step.go();
      }
    }
  }

  @Override
  public void exits(String name, ExitCase how, int times) {
    seen.log.add("exit of " + name + ", told " + how);
    seen.told.add(new Told(name, how, times));
  }
}
