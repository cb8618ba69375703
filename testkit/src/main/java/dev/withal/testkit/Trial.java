package dev.withal.testkit;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ExitCase;
import dev.withal.Report;
import dev.withal.testkit.Evidence.Phase;
import dev.withal.testkit.Evidence.Told;
import dev.withal.testkit.Plan.Fault;
import dev.withal.testkit.Plan.Style;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One use of a manager that goes as planned.
 *
 * <p>Design: the steps of the manager and of the body wait at a gate. The thread that runs the
 * trial makes one move after the other: it lets the step go that has waited longest, or, where none
 * waits, time pass up to the next timer. Before the planned move it asks the use to end. A step
 * that comes late goes when no other move is left.
 */
final class Trial<T extends @Nullable Object> implements Conductor {
  static final String VALUE = "the body's value";
  static final String ASKED_VALUE = "the value asked for";

  private final Plan plan;
  private final Pace pace;
  private final LoopThreads loops;
  private final IntSupplier holding;
  private final Evidence seen = new Evidence();
  private final Gate gate = new Gate(this);
  private final AsyncContextManager<T> manager;
  private final CompletableFuture<?> ended = new CompletableFuture<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final AtomicInteger steps = new AtomicInteger();
  private final Map<Gate.Step, Phase> phases = new ConcurrentHashMap<>();
  private final int before;

  private volatile Gate.@Nullable Step faulty;
  private Gate.@Nullable Step late;
  private volatile @Nullable CompletableFuture<Object> use;
  private volatile @Nullable Thread thread;
  private volatile @Nullable AsyncExitStack stack;

  Trial(
      Plan plan,
      Function<? super Gate, ? extends AsyncContextManager<T>> source,
      IntSupplier holding,
      Pace pace,
      LoopThreads loops) {
    this.plan = plan;
    this.pace = pace;
    this.loops = loops;
    this.holding = holding;
    this.manager = pace.adapt(source.apply(gate));
    this.before = held();
  }

  Evidence run(Duration patience) throws InterruptedException {
    try (Ledger ledger = Ledger.open();
        Report.Registration _ = Report.listen(seen.reports::add)) {
      begin();
      moves();
      comesToRest(ledger, patience);
      seen.heldAtLast = held() - before;
      seen.contextFaults = ledger.faults();
    }
    return seen;
  }

  // ---- the moves -------------------------------------------------------------------------------

  private void moves() throws InterruptedException {
    if (!begun.await(pace.patience().toNanos(), TimeUnit.NANOSECONDS)) {
      seen.stuck = new IllegalStateException("the call of useAsync or enterAsync never returns");
      return;
    }
    int timers = 0;
    for (int position = 0; ; position++) {
      long changes = gate.changes();
      seen.stuck = pace.settle();
      if (seen.stuck != null) {
        return;
      }
      if (plan.ask() != null && position == plan.position() && canAsk()) {
        ask(plan.ask());
        pace.pause(gate);
        timers = 0;
        continue;
      }
      Gate.Step next = gate.next();
      if (next != null) {
        release(next);
        timers = 0;
      } else if (ended.isDone() && late == null) {
        return;
      } else if (mustEnd() && pace.awaitEnd(gate, changes)) {
        timers = 0;
      } else if (!ended.isDone() && timers < Pace.TIMERS && pace.pass(gate, changes)) {
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
    return late != null && seen.accepted && phases.get(late) != Phase.EXIT && !ended.isDone();
  }

  /** A stack that is closed takes no more calls; a use takes no notice of them. */
  private boolean canAsk() throws InterruptedException {
    pace.pause(gate);
    boolean closed = plan.style() == Style.OPEN_STACK && seen.phase == Phase.EXIT;
    return !closed && !ended.isDone();
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
      loop(() -> inject(step, error));
    }
  }

  private void releaseLate(Gate.Step step) {
    seen.doneWhileLate = ended.isDone();
    seen.log.add("nothing else can happen");
    late = null;
    goes(step);
  }

  private void goes(Gate.Step step) {
    seen.log.add(step + " goes");
    loop(step::go);
  }

  private void inject(Gate.Step step, Throwable error) {
    seen.log.add(step + " fails with " + error);
    seen.injected = error;
    seen.abandoned = ended.isDone();
    step.fail(error);
  }

  @SuppressWarnings("ThrowableNotThrown") // it is what the future is completed with
  private void ask(Plan.Ask ask) {
    seen.askedIn = seen.phase;
    seen.log.add(ask.toString().toLowerCase(Locale.ROOT));
    CompletableFuture<Object> asked = use;
    switch (ask) {
      case CANCEL -> loop(() -> seen.accepted = Objects.requireNonNull(asked).cancel(true));
      case TIMEOUT -> {
        var reason = new TimeoutException("the law suite's");
        seen.reason = reason;
        loop(() -> seen.accepted = Objects.requireNonNull(asked).completeExceptionally(reason));
      }
      case COMPLETE ->
          loop(() -> seen.accepted = Objects.requireNonNull(asked).complete(ASKED_VALUE));
      case INTERRUPT -> {
        seen.accepted = true;
        pace.interrupt(Objects.requireNonNull(thread));
      }
      case CLOSE -> Objects.requireNonNull(stack).closeAsync();
      case TRANSFER -> transfer(Objects.requireNonNull(stack));
    }
  }

  private void transfer(AsyncExitStack emptied) {
    stack = emptied.popAll();
    int held = held();
    boolean closed = emptied.closeAsync().isDone();
    seen.transferTorn = !closed || held() != held;
  }

  /** Lets all go that is left, so that what is held now is held for good. */
  private void comesToRest(Ledger ledger, Duration patience) throws InterruptedException {
    gate.open();
    if (seen.stuck == null) {
      // What an exit that failed may still hold, only its author knows.
      pace.reaches(
          gate,
          patience,
          () -> (held() == before || seen.failedIn(Phase.EXIT)) && ledger.faults().isEmpty());
    }
  }

  private void loop(Runnable task) {
    pace.known(loops.next()).execute(task);
  }

  // ---- the use ---------------------------------------------------------------------------------

  private void begin() {
    seen.log.add(plan.style().toString());
    switch (plan.style()) {
      case AT_ONCE -> watch(manager.useAsync(this::body));
      case STAGE -> loop(() -> watch(manager.useAsync(this::body)));
      case DIRECT -> {
        thread = pace.start(this::direct);
        begun.countDown();
      }
      case STACK ->
          loop(() ->
              watch(
                  pace.adapt(AsyncExitStack.manager())
                      .useAsync(opened -> opened.enterAsync(manager).thenCompose(this::body))));
      case OPEN_STACK -> loop(this::onOpenStack);
    }
  }

  private void watch(CompletableFuture<Object> future) {
    use = future;
    begun.countDown();
    future.whenComplete(this::ends);
  }

  private void direct() {
    Object result = null;
    Throwable failure = null;
    try {
      result =
          manager.<Object, Exception>use(_ -> {
            bodyBegins();
            try {
              Async.<@Nullable Void, Exception>await(gate.step("body"));
            } finally {
              bodyEnds();
            }
            return Async.<Object, Exception>await(ending());
          });
    } catch (Throwable error) {
      failure = error;
    }
    seen.interruptedAfterwards = Thread.interrupted();
    ends(result, failure);
  }

  private void onOpenStack() {
    AsyncExitStack opened = AsyncExitStack.open();
    stack = opened;
    CompletableFuture<T> entered = opened.enterAsync(manager);
    begun.countDown();
    entered.whenComplete((_, failure) -> {
      bodyBegins();
      gate.step("close")
          .thenCompose(_ -> {
            bodyEnds();
            return Objects.requireNonNull(stack).closeAsync();
          })
          .whenComplete((_, error) -> ends(VALUE, failure == null ? error : failure));
    });
  }

  private CompletionStage<Object> body(T value) {
    bodyBegins();
    CompletionStage<?> step;
    try {
      step = gate.step("body");
    } catch (Throwable error) {
      bodyEnds();
      throw error;
    }
    return step.handle(
            (_, failure) -> {
              bodyEnds();
              return failure == null ? ending() : CompletableFuture.failedFuture(failure);
            })
        .thenCompose(end -> end);
  }

  private CompletableFuture<Object> ending() {
    Throwable error =
        switch (plan.ending()) {
          case VALUE -> null;
          case FAILURE -> new Injected.Failure("the body");
          case FATAL -> new Injected.FatalError("the body");
          case CANCELLED -> new CancellationException("the body's own");
        };
    seen.bodyError = error;
    return error == null
        ? CompletableFuture.completedFuture(VALUE)
        : CompletableFuture.failedFuture(error);
  }

  private void bodyBegins() {
    seen.log.add("the body begins");
    seen.bodyRan = true;
    seen.heldAsBodyBegan = held() - before;
    seen.phase = Phase.BODY;
  }

  private void bodyEnds() {
    seen.heldAsBodyEnded = held() - before;
    seen.phase = Phase.EXIT;
  }

  private void ends(@Nullable Object result, @Nullable Throwable error) {
    seen.heldAtResult = held() - before;
    seen.value = result;
    seen.error = error;
    seen.log.add("the result shows: " + (error == null ? result : error));
    ended.complete(null);
    gate.stir();
  }

  private int held() {
    return gate.held() + holding.getAsInt();
  }

  // ---- what the gate tells ---------------------------------------------------------------------

  @Override
  public void arrives(Gate.Step step) {
    boolean hit = steps.getAndIncrement() == plan.step() && plan.fault() != null;
    seen.log.add(step + " begins");
    Fault fault = hit ? plan.fault() : null;
    phases.put(step, seen.phase);
    if (hit) {
      faulty = step;
      seen.faultPhase = seen.phase;
    }
    if (fault == Fault.THROWS && !step.mayFail()) {
      // Who is refused may go on without the executor (L15), so nobody need be told.
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
