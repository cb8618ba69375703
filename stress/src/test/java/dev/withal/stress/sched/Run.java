package dev.withal.stress.sched;

import dev.withal.Report;
import dev.withal.internal.Held;
import dev.withal.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One run of a scenario under one seed: what the scenario is made of, and what happened. */
final class Run {
  final SeededScheduler scheduler;
  final List<String> events = new ArrayList<>();
  final List<Opened> opened = new ArrayList<>();
  final List<Outcome> outcomes = new ArrayList<>();
  final List<Report> reports = new ArrayList<>();

  /** Errors made by the scenario: each must come out somewhere. */
  final List<Throwable> errors = new ArrayList<>();

  /** Promises that were seen to be broken while it ran. */
  final List<String> broken = new ArrayList<>();

  /** When something may have been asked to end; null if nothing was. */
  Duration askedAt;

  Run(long seed) {
    scheduler = new SeededScheduler(seed);
  }

  /** Runs a scenario to its end. */
  void play(Scenario scenario) {
    Time before = Time.current();
    var time = new SteppedTime(scheduler);
    var pauses = new PausingWatcher();
    Time.replace(before, time);
    Held.watch(pauses);
    try (Report.Registration _ = Report.listen(this::report)) {
      scheduler.start("main", () -> scenario.begin(this));
      scheduler.run();
    } finally {
      Held.unwatch(pauses);
      Time.replace(time, before);
    }
  }

  private void report(Report report) {
    SeededScheduler.pause();
    note("report " + report.kind() + " " + report.context() + ": " + report.error());
    reports.add(report);
  }

  /** Writes down an event. {@return its place in the order of all events} */
  int note(String event) {
    events.add(Thread.currentThread().getName() + ": " + event);
    return events.size() - 1;
  }

  // ---- chance ----------------------------------------------------------------------------------

  boolean oneIn(int chances) {
    return scheduler.random().nextInt(chances) == 0;
  }

  <E> E oneOf(List<E> choices) {
    return choices.get(scheduler.random().nextInt(choices.size()));
  }

  Duration upTo(Duration most) {
    return Duration.ofMillis(scheduler.random().nextLong(most.toMillis()));
  }

  /** Lets other threads go first, some times. */
  void pauses(int most) {
    for (int left = scheduler.random().nextInt(most + 1); left > 0; left--) {
      SeededScheduler.pause();
    }
  }

  IllegalStateException error(String name) {
    var error = new IllegalStateException(name);
    errors.add(error);
    return error;
  }

  // ---- steps -----------------------------------------------------------------------------------

  Thread thread(String name, Runnable task) {
    return scheduler.start(name, task);
  }

  /** Does something at a moment that nobody can foresee. */
  void sometime(String name, Runnable action) {
    thread(
        name,
        () -> {
          pauses(30);
          action.run();
        });
  }

  /** Does something when time has passed. */
  void after(Duration delay, Runnable action) {
    scheduler.timers().add(delay, Timers.Owner.SCENARIO, action);
  }

  Outcome outcome(String name) {
    var outcome = new Outcome(this, name);
    outcomes.add(outcome);
    return outcome;
  }

  /** Runs a step of core's on a thread of its own; or refuses to, as executors may. */
  void step(Runnable step) {
    if (oneIn(10)) {
      throw new RejectedExecutionException("full");
    }
    thread("step", step);
  }

  /** From now on something may be asked to end, as where one member of a group fails. */
  void asks() {
    if (askedAt == null) {
      askedAt = scheduler.timers().elapsed();
    }
  }

  /** Interrupts a thread at a moment that nobody can foresee, if it still runs. */
  void interrupt(Outcome whom) {
    sometime(
        "interrupter",
        () -> {
          if (whom.begun && whom.seen < 0) {
            whom.interrupts++;
            note("interrupts " + whom);
            asks();
            whom.thread.interrupt();
          }
        });
  }

  /** Asks a use to end, at a moment that nobody can foresee. */
  <R> void ask(CompletableFuture<R> use) {
    sometime(
        "asker",
        () -> {
          note("asks");
          asks();
          switch (scheduler.random().nextInt(4)) {
            case 0 -> use.cancel(true);
            case 1 -> use.complete(null);
            case 2 -> use.completeExceptionally(new TimeoutException("asked"));
            default -> use.orTimeout(upTo(Duration.ofSeconds(3)).toMillis(), TimeUnit.MILLISECONDS);
          }
        });
  }

  /** Lets others come between what core does before and after it tells of an enter or an exit. */
  private static final class PausingWatcher implements Held.Watcher {
    @Override
    public void entered(Held.Entry entry) {
      SeededScheduler.pause();
    }

    @Override
    public void exiting(Held.Entry entry) {
      SeededScheduler.pause();
    }
  }
}
