package dev.withal.stress.soak;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.Cancellation;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One use of the soak: manager, context and body in one, and the check of what becomes of them. */
final class SoakUse implements AsyncContextManager<SoakUse>, AsyncContext<SoakUse> {

  /** What a step fails with on purpose. */
  static final class Broken extends Exception {
    private static final long serialVersionUID = 1;
  }

  private static final Duration FAR_AWAY = Duration.ofHours(1);
  private static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);

  private final Plan plan;
  private final Executor later;
  private final Tally tally;

  private final AtomicInteger exits = new AtomicInteger();
  private volatile boolean entered;
  private volatile boolean released;
  private volatile CompletableFuture<?> body;

  SoakUse(Plan plan, Executor later, Tally tally) {
    this.plan = plan;
    this.later = later;
    this.tally = tally;
  }

  /** {@return a use in stage style; its future is done when nothing is left of it} */
  CompletableFuture<?> inStageStyle() {
    tally.stageStyle.increment();
    CompletableFuture<Object> use =
        manager().useAsync((ignored, cancellation) -> bodyAsync(cancellation));
    CompletableFuture<?> checked =
        use.handle((ignored, error) -> {
          ended(error);
          return null;
        });
    switch (plan.request()) {
      case NONE -> {}
      case TIMEOUT_FAR_AWAY -> use.orTimeout(FAR_AWAY.toNanos(), TimeUnit.NANOSECONDS);
      case CANCEL_AT_ONCE -> use.cancel(true);
      case CANCEL_LATER -> later.execute(() -> use.cancel(true));
      case TIMEOUT_SOON -> use.orTimeout(plan.soon().toNanos(), TimeUnit.NANOSECONDS);
      case VALUE -> use.complete("asked for");
    }
    return checked;
  }

  /** A use in direct style, on this thread. */
  void inDirectStyle() {
    tally.directStyle.increment();
    Thread user = Thread.currentThread();
    switch (plan.request()) {
      case NONE, TIMEOUT_FAR_AWAY -> {}
      case CANCEL_AT_ONCE -> user.interrupt();
      default -> later.execute(user::interrupt);
    }
    Throwable failure = null;
    try {
      manager().use(ignored -> bodyHere());
    } catch (Throwable error) {
      failure = error;
    }
    ended(failure);
    // An interruption that came too late for this use is not meant for the next one.
    Thread.interrupted();
  }

  private AsyncContextManager<?> manager() {
    // Waits without bound, so that no pause of this machine makes a difference.
    AsyncContextManager<SoakUse> patient = grace(UNBOUNDED);
    return switch (plan.manager()) {
      case PLAIN -> patient;
      case IMPATIENT -> grace(Duration.ZERO);
      case STACKED -> AsyncExitStack.manager().grace(UNBOUNDED).flatMap(ignored -> patient);
      case GENERATED ->
          AsyncContextManager.<SoakUse>generator(yield ->
                  patient.use(value -> {
                    yield.value(value);
                    return null;
                  }))
              .grace(UNBOUNDED);
      case TIMED -> patient.enterTimeout(plan.soon()).exitTimeout(FAR_AWAY);
    };
  }

  // ---- the steps -------------------------------------------------------------------------------

  @Override
  public CompletionStage<SoakUse> enterAsync() {
    return step(plan.enter(), new CompletableFuture<SoakUse>(), this)
        .thenApply(arrived -> {
          entered = true;
          tally.entered.increment();
          return arrived;
        });
  }

  @Override
  public SoakUse value() {
    return this;
  }

  private CompletableFuture<?> bodyAsync(Cancellation cancellation) {
    var running = new CompletableFuture<Object>();
    body = running;
    if (plan.asked() == Plan.Asked.ENDS) {
      cancellation.onRequest(
          ignored -> running.completeExceptionally(new CancellationException("obeyed")));
    }
    return step(plan.body(), running, "value");
  }

  private Object bodyHere() throws Broken, InterruptedException {
    var running = new CompletableFuture<Object>();
    body = running;
    try {
      return Async.<Object, Broken>await(
          step(plan.body(), new CompletableFuture<Object>(), "value"));
    } finally {
      running.complete(null);
    }
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    tally.exited.increment();
    if (exits.incrementAndGet() > 1) {
      tally.exitedTwice.increment();
    }
    CompletableFuture<?> running = body;
    if (running != null && !running.isDone() && !saysBodyRuns(how)) {
      tally.exitedBesideTheBody.increment();
    }
    return step(plan.exit(), new CompletableFuture<Verdict>(), Verdict.PROPAGATE)
        .whenComplete((ignored, unused) -> released = true);
  }

  private static boolean saysBodyRuns(ExitCase how) {
    return how instanceof ExitCase.Cancelled cancelled && cancelled.bodyStillRuns();
  }

  private <V> CompletableFuture<V> step(Plan.Step how, CompletableFuture<V> step, V value) {
    switch (how) {
      case AT_ONCE -> step.complete(value);
      case LATER -> later.execute(() -> step.complete(value));
      case FAILS_AT_ONCE -> step.completeExceptionally(new Broken());
      case FAILS_LATER -> later.execute(() -> step.completeExceptionally(new Broken()));
    }
    return step;
  }

  private void ended(Throwable error) {
    if (entered && !released && plan.manager() != Plan.Kind.IMPATIENT) {
      tally.resultBeforeTheExit.increment();
    }
    tally.ended(error);
  }
}
