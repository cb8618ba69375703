package dev.withal;

import dev.withal.FaultyUse.Ending;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A manager, context and loss that others wrote. */
final class FaultyManager implements AsyncContextManager<String>, AsyncContext<String> {
  final AtomicInteger entered = new AtomicInteger();
  final AtomicInteger exited = new AtomicInteger();

  private final Faults faults;
  private final Ending ending;
  private final UnaryOperator<CompletableFuture<Object>> sometime;

  /**
   * Makes a manager.
   *
   * @param sometime lets a future complete when that of a use of this kind does
   */
  FaultyManager(Faults faults, Ending ending, UnaryOperator<CompletableFuture<Object>> sometime) {
    this.faults = faults;
    this.ending = ending;
    this.sometime = sometime;
  }

  @SuppressWarnings("unchecked") // it completes with the same
  private <T> CompletableFuture<T> later(CompletableFuture<T> future) {
    return (CompletableFuture<T>)
        (CompletableFuture<?>)
            sometime.apply((CompletableFuture<Object>) (CompletableFuture<?>) future);
  }

  @Override
  public CompletionStage<AsyncContext<String>> enterAsync() {
    return faults.sneaky("enterAsync", () -> entering(this));
  }

  <T> CompletionStage<T> entering(T what) {
    var arrived = CompletableFuture.completedFuture(what);
    return faults.stage(
        "enter",
        ending == Ending.ASKED_IN_ENTER
            ? Async.sleepAsync(Duration.ofSeconds(5)).thenCompose(_ -> arrived)
            : later(arrived),
        () -> entered.set(1));
  }

  @Override
  public String value() {
    return faults.sneaky("value", () -> "value");
  }

  @Override
  public CompletionStage<?> lost() {
    return faults.sneaky("lost", () -> faults.stage("loss", new CompletableFuture<>()));
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return exit();
  }

  CompletionStage<Verdict> exit() {
    exited.incrementAndGet();
    var end = CompletableFuture.completedFuture(Verdict.PROPAGATE);
    return faults.sneaky(
        "exit",
        () ->
            faults.stage(
                "exit",
                ending == Ending.HANGING_EXIT
                    ? Async.sleepAsync(Duration.ofDays(1)).thenCompose(_ -> end)
                    : later(end)));
  }

  @Override
  public String toString() {
    return faults.sneaky("toString", () -> "part");
  }
}
