package dev.withal.testkit;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.testkit.Evidence.Phase;
import dev.withal.testkit.Plan.Ask;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The use of a trial: it begins in the plan's style, waits in its body at the gate, ends as
 * planned, and can be asked to end earlier.
 */
final class PlannedUse<T extends @Nullable Object> {
  static final String VALUE = "the body's value";
  static final String ASKED_VALUE = "the value asked for";

  private final Plan plan;
  private final AsyncContextManager<T> manager;
  private final Gate gate;
  private final Pace pace;
  private final Executor loop;
  private final Evidence seen;
  private final IntSupplier held;
  private final CompletableFuture<?> ended = new CompletableFuture<>();

  private volatile @Nullable CompletableFuture<Object> use;
  private volatile @Nullable Thread thread;
  private volatile @Nullable AsyncExitStack stack;

  PlannedUse(
      Plan plan,
      AsyncContextManager<T> manager,
      Gate gate,
      Pace pace,
      Executor loop,
      Evidence seen,
      IntSupplier held) {
    this.plan = plan;
    this.manager = manager;
    this.gate = gate;
    this.pace = pace;
    this.loop = loop;
    this.seen = seen;
    this.held = held;
  }

  boolean hasEnded() {
    return ended.isDone();
  }

  /** Begins, on a thread that the pace knows if it is another one. */
  void begin() {
    seen.log.add(plan.style().toString());
    switch (plan.style()) {
      case AT_ONCE -> watch(manager.useAsync(this::body));
      case STAGE -> loop.execute(() -> watch(manager.useAsync(this::body)));
      case DIRECT -> thread = pace.start(this::direct);
      case STACK ->
          loop.execute(() ->
              watch(
                  pace.adapt(AsyncExitStack.manager())
                      .useAsync(opened -> opened.enterAsync(manager).thenCompose(this::body))));
      case OPEN_STACK -> loop.execute(this::onOpenStack);
    }
  }

  /** Asks the use to end. */
  @SuppressWarnings("ThrowableNotThrown") // it is what the future is completed with
  void ask(Ask ask) {
    seen.askedIn = seen.phase;
    seen.log.add(ask.toString().toLowerCase(Locale.ROOT));
    CompletableFuture<Object> asked = use;
    switch (ask) {
      case CANCEL -> loop.execute(() -> seen.accepted = Objects.requireNonNull(asked).cancel(true));
      case TIMEOUT -> {
        var reason = new TimeoutException("the law suite's");
        seen.reason = reason;
        loop.execute(
            () -> seen.accepted = Objects.requireNonNull(asked).completeExceptionally(reason));
      }
      case COMPLETE ->
          loop.execute(() -> seen.accepted = Objects.requireNonNull(asked).complete(ASKED_VALUE));
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
    int before = held.getAsInt();
    boolean closed = emptied.closeAsync().isDone();
    // In real time an enter may arrive meanwhile, at the stack's heir.
    seen.transferTorn = !closed || held.getAsInt() < before;
  }

  private void watch(CompletableFuture<Object> future) {
    use = future;
    future.whenComplete(this::ends);
  }

  private void direct() {
    Object result = null;
    Throwable failure = null;
    try {
      result =
          manager.<Object, Exception>use(ignored -> {
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
    entered.whenComplete((ignored, failure) -> {
      bodyBegins();
      gate.step("close")
          .thenCompose(unused -> {
            bodyEnds();
            return Objects.requireNonNull(stack).closeAsync();
          })
          .whenComplete((unused, error) -> ends(VALUE, failure == null ? error : failure));
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
            (ignored, failure) -> {
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
    seen.heldAsBodyBegan = held.getAsInt();
    seen.phase = Phase.BODY;
  }

  private void bodyEnds() {
    seen.heldAsBodyEnded = held.getAsInt();
    seen.phase = Phase.EXIT;
  }

  private void ends(@Nullable Object result, @Nullable Throwable error) {
    seen.heldAtResult = held.getAsInt();
    seen.value = result;
    seen.error = error;
    seen.log.add("the result shows: " + (error == null ? result : error));
    ended.complete(null);
    gate.stir();
  }
}
