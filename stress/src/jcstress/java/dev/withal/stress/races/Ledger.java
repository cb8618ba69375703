package dev.withal.stress.races;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.Cancellation;
import dev.withal.ExitCase;
import dev.withal.Generator;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A manager, its one context and its body, and the record of what happened to them.
 *
 * <p>Design. The actors of a race complete the three stages {@code entering}, {@code body} and
 * {@code exiting}. What must never happen is noted as a fault when it happens. {@link #outcome}
 * says in one line how the use ended, or its faults; jcstress counts these lines.
 */
final class Ledger implements AsyncContextManager<Ledger>, AsyncContext<Ledger> {
  static final String NEVER =
      "leaked, exited twice, result before the exit, exit beside the body, or no end at all";

  private static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);

  private final CompletableFuture<Void> entering = new CompletableFuture<>();
  private final CompletableFuture<String> body = new CompletableFuture<>();
  private final CompletableFuture<Void> exiting = new CompletableFuture<>();
  private final CompletableFuture<Void> losing = new CompletableFuture<>();

  private final AtomicInteger turns;
  private final AtomicInteger exits = new AtomicInteger();
  private final List<String> faults = new ArrayList<>(0);

  private volatile boolean entered;
  private volatile CompletableFuture<String> running;
  private volatile ExitCase how;
  private volatile int exitTurn;
  private volatile Thread exitThread;

  /** Plain on purpose: who sees the result must see this too (L2). */
  private boolean released;

  /** A context on its own. */
  Ledger() {
    this(new AtomicInteger());
  }

  /** One of several contexts, which count the turns of their exits together. */
  Ledger(AtomicInteger turns) {
    this.turns = turns;
  }

  // ---- what the actors do ----------------------------------------------------------------------

  Ledger enter() {
    entering.complete(null);
    return this;
  }

  void failEnter() {
    entering.completeExceptionally(new Ending.Failure("enter failed"));
  }

  void lose() {
    losing.completeExceptionally(new Ending.Failure("lost"));
  }

  void endBody() {
    body.complete("value");
  }

  void failBody() {
    body.completeExceptionally(new Ending.Failure("body failed"));
  }

  Ledger exit() {
    exiting.complete(null);
    return this;
  }

  Ledger failExit() {
    exiting.completeExceptionally(new Ending.Failure("exit failed"));
    return this;
  }

  // ---- what is raced ---------------------------------------------------------------------------

  /** Begins a use whose body ends when it is asked to. */
  CompletableFuture<String> use() {
    return watch(patient().<String>useAsync(Ledger::obey));
  }

  /** The same with a grace period that no pause of this machine outlasts. */
  AsyncContextManager<Ledger> patient() {
    return grace(UNBOUNDED);
  }

  /** A body that ends when it is asked to. */
  CompletableFuture<String> obey(Cancellation cancellation) {
    CompletableFuture<String> begun = run();
    cancellation.onRequest(_ -> body.completeExceptionally(new CancellationException("obeyed")));
    return begun;
  }

  /** A body that takes no notice of a request. */
  CompletableFuture<String> run() {
    return nest(body);
  }

  /** A body that is another use. */
  CompletableFuture<String> nest(CompletableFuture<String> inner) {
    running = inner;
    if (exits.get() > 0 && !saysBodyRuns(how)) {
      fault("body after the exit");
    }
    return inner;
  }

  /** The same as a patient generator. */
  AsyncContextManager<Ledger> generator() {
    return AsyncContextManager.generator(this::generate).grace(UNBOUNDED);
  }

  private void generate(Generator.Yield<Ledger> yield) throws Exception {
    entering.get();
    entered = true;
    ExitCase told = ExitCase.success();
    try {
      yield.value(this);
    } catch (Exception error) {
      told = ExitCase.of(error);
      throw error;
    } finally {
      exitAsync(told).toCompletableFuture().join();
      if (Thread.currentThread().isInterrupted()) {
        fault("exit interrupted");
      }
    }
  }

  /** Notes it if the result shows before the exit is done. */
  <R> CompletableFuture<R> watch(CompletableFuture<R> result) {
    result.whenComplete((_, _) -> {
      if (entered && !released) {
        fault("result before the exit");
      }
    });
    return result;
  }

  @Override
  public CompletionStage<Ledger> enterAsync() {
    return entering.thenApply(_ -> {
      entered = true;
      return this;
    });
  }

  @Override
  public Ledger value() {
    return this;
  }

  @Override
  public CompletionStage<?> lost() {
    return losing;
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase told) {
    how = told;
    if (exits.incrementAndGet() > 1) {
      fault("exited twice");
    }
    if (running != null && !running.isDone() && !saysBodyRuns(told)) {
      fault("exit beside the body");
    }
    exitTurn = turns.incrementAndGet();
    exitThread = Thread.currentThread();
    return exiting.whenComplete((_, _) -> released = true).thenApply(_ -> Verdict.PROPAGATE);
  }

  private synchronized void fault(String what) {
    faults.add(what);
  }

  private static boolean saysBodyRuns(ExitCase told) {
    return told instanceof ExitCase.Cancelled(_, boolean bodyStillRuns, _) && bodyStillRuns;
  }

  // ---- what happened ---------------------------------------------------------------------------

  /** {@return how a use of this ended, in one line} Waits for its end. */
  String outcome(CompletableFuture<?> use) {
    String result = Ending.of(use);
    return result + ", " + (running == null ? "no body, " : "") + exitWords();
  }

  /** {@return how the context ended} */
  synchronized String exitWords() {
    if (!faults.isEmpty()) {
      return String.join(", ", faults).toUpperCase(Locale.ROOT);
    }
    if (exits.get() == 0) {
      return entered ? "LEAKED" : "never entered";
    }
    return released ? "exited as " + caseWords() : "EXIT NOT DONE";
  }

  private String caseWords() {
    return switch (how) {
      case ExitCase.Succeeded _ -> "succeeded";
      case ExitCase.Failed _ -> "failed";
      case ExitCase.Cancelled told ->
          told.bodyStillRuns() ? "cancelled beside its body" : "cancelled";
    };
  }

  boolean isHeld() {
    return entered && exits.get() == 0;
  }

  /** {@return whether the release is seen by a thread that has seen the result, in words} */
  String releaseSeen() {
    return released ? "result and release seen" : "RESULT BEFORE THE EXIT";
  }

  boolean exitedBefore(Ledger other) {
    return exitTurn > 0 && exitTurn < other.exitTurn;
  }

  boolean exitedOn(Thread thread) {
    return exitThread == thread;
  }
}
