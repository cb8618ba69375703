package dev.withal.testkit;

import dev.withal.AsyncContextManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A gate at which the steps of a manager wait until the test lets them go.
 *
 * <p>Dependents of a step continue on the thread that lets it go. Thread-safe. A null argument is
 * refused with a {@link NullPointerException}.
 */
public final class Gate {

  /** A waiting step, which can be made to fail unless it is a task of an executor. */
  record Step(String name, CompletableFuture<@Nullable Void> passed, boolean mayFail) {
    void go() {
      passed.complete(null);
    }

    void fail(Throwable error) {
      passed.completeExceptionally(error);
    }

    @Override
    public String toString() {
      return "step \"" + name + "\"";
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Step> waiting = new ArrayList<>();
  private final AtomicInteger held = new AtomicInteger();
  private final Conductor conductor;
  private boolean open;
  private long changes;

  /** Creates a gate at which every step waits. */
  public Gate() {
    this(Conductor.NONE);
  }

  Gate(Conductor conductor) {
    this.conductor = conductor;
  }

  /**
   * Makes a step wait.
   *
   * @param name the name of the step
   * @return a stage that completes when the step is let go, or fails if the test makes it fail
   */
  public CompletionStage<@Nullable Void> step(String name) {
    return begin(new Step(Objects.requireNonNull(name, "name"), new CompletableFuture<>(), true));
  }

  /**
   * {@return an executor whose tasks wait here} In the law suite it may refuse a task, or run it
   * late.
   *
   * @param name the name of each of its tasks
   */
  public Executor executor(String name) {
    Objects.requireNonNull(name, "name");
    return task -> begin(new Step(name, new CompletableFuture<>(), false)).thenRun(task);
  }

  /**
   * {@return a manager whose steps {@code "enter NAME"} and {@code "exit NAME"} wait here} Its
   * value is its name. An adapter under test can be put around it.
   *
   * @param name the name of the manager
   */
  public AsyncContextManager<String> manager(String name) {
    return new GatedManager(this, Objects.requireNonNull(name, "name"));
  }

  /** {@return the number of contexts of {@link #manager} that have been entered and not exited} */
  public int held() {
    return held.get();
  }

  /** {@return the names of the waiting steps, in the order of their arrival} */
  public List<String> waiting() {
    return locked(() -> waiting.stream().map(Step::name).toList());
  }

  /**
   * Lets the step with the given name go that has waited longest.
   *
   * @param name the name of the step
   * @throws IllegalStateException if no step of this name waits
   */
  public void go(String name) {
    take(name).go();
  }

  /**
   * Makes the step with the given name fail that has waited longest.
   *
   * @param name the name of the step
   * @param error the error with which it fails
   * @throws IllegalStateException if no step of this name waits
   */
  public void fail(String name, Throwable error) {
    take(name).fail(Objects.requireNonNull(error, "error"));
  }

  /** Lets all steps go, both the waiting ones and those still to come. */
  public void open() {
    locked(() -> open = true);
    for (Step next = next(); next != null; next = next()) {
      next.go();
    }
  }

  // ---- for the law suite -----------------------------------------------------------------------

  /** {@return the step that has waited longest, which then waits no more; null if none waits} */
  @Nullable Step next() {
    return this.<@Nullable Step>locked(() -> waiting.isEmpty() ? null : waiting.removeFirst());
  }

  /** {@return whether no step has ever come here} */
  boolean isUntouched() {
    return changes() == 0;
  }

  Conductor conductor() {
    return conductor;
  }

  void holds(int more) {
    held.addAndGet(more);
    stir();
  }

  /** Wakes threads that wait for a change. */
  void stir() {
    locked(() -> {
      changes++;
      changed.signalAll();
      return changes;
    });
  }

  long changes() {
    return locked(() -> changes);
  }

  /** {@return whether anything has changed since there were {@code seen} changes} Waits for it. */
  boolean awaitChange(long seen, Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (changes == seen && left > 0) {
        left = changed.awaitNanos(left);
      }
      return changes != seen;
    } finally {
      lock.unlock();
    }
  }

  private CompletionStage<@Nullable Void> begin(Step step) {
    conductor.arrives(step);
    if (step.passed.isDone() || !keeps(step)) {
      step.go();
    }
    return step.passed;
  }

  private boolean keeps(Step step) {
    boolean kept = locked(() -> !open && waiting.add(step));
    stir();
    return kept;
  }

  private Step take(String name) {
    return locked(() -> {
      for (Step step : waiting) {
        if (step.name.equals(name)) {
          waiting.remove(step);
          return step;
        }
      }
      throw new IllegalStateException(
          "no step \"" + name + "\" waits at the gate, only " + waiting());
    });
  }

  private <T extends @Nullable Object> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
