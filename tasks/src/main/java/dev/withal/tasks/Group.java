package dev.withal.tasks;

import dev.withal.Async;
import dev.withal.AsyncBody;
import dev.withal.Cancellation;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.Work;
import dev.withal.internal.TaskFailures;
import dev.withal.internal.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one use that run, and what their ends mean for each other: here the first failure
 * ends all.
 *
 * <p>Design. A task counts until those who heard of its end have done so: its failure is known to
 * the group before anybody sees it in the future. The last one that leaves, the body included, ends
 * the group, and nothing begins in it from then on.
 *
 * <p>{@code reason} is set once. Whoever sets it asks all that run. Guard against race with a task
 * that begins meanwhile: that is put in the list first and looks at the reason then, so that one of
 * the two sees the other.
 */
class Group {
  private static final String FROM_WITHIN =
      "a task of a group with a width can't fork into it, as it would wait for room that tasks"
          + " hold: let the body fork, or open another group in the task";

  /** The group with a width that the calling thread runs a task of. */
  private static final ThreadLocal<Group> BOUNDED = new ThreadLocal<>();

  /** What messages call it. */
  private final String name;

  final @Nullable Width width;

  private final Running running;

  private final CompletableFuture<@Nullable Void> lost = new CompletableFuture<>();

  /** Done when the body has nothing more to wait for: all has ended, or was asked to. */
  private final CompletableFuture<@Nullable Void> rest = new CompletableFuture<>();

  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

  /** Held by whoever interrupts a task: its end waits for that. */
  private final ReentrantLock interrupting = new ReentrantLock();

  private final AtomicBoolean bodyIsOver = new AtomicBoolean();

  /** In the order in which they came; as many as there are to be told in the end. */
  private final Queue<Member.Failure> failures = new ConcurrentLinkedQueue<>();

  private final AtomicReference<@Nullable Throwable> reason = new AtomicReference<>();

  Group(String name, @Nullable Width width) {
    this(name, width, Running.inBlocks());
  }

  Group(String name, @Nullable Width width, Running running) {
    this.name = name;
    this.width = width;
    this.running = running;
  }

  /** Tasks that don't depend on one another. */
  static final class Supervised extends Group {
    Supervised(String name, @Nullable Width width) {
      super(name, width);
    }

    @Override
    void onFailure(Throwable error) {}
  }

  // ---- what the ends of tasks mean -------------------------------------------------------------

  /** A task has failed, which is noted already. */
  void onFailure(Throwable error) {
    // Guard against race with the body, which hears of it next: it begins nothing from here on.
    boolean first = reason.compareAndSet(null, error);
    lost.completeExceptionally(error);
    if (first) {
      askRunning();
    }
    rest.complete(null);
  }

  /** {@return whether the value of a task that wasn't asked to end goes to its future} */
  boolean onSuccess() {
    return true;
  }

  /** A task has left. */
  void onLeft() {}

  // ---- beginning tasks -------------------------------------------------------------------------

  final <R extends @Nullable Object> CompletableFuture<R> fork(Work<? extends R, ?> work) {
    try {
      return forkInterruptibly(work);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      var cancelled = new CancellationException("interrupted while it waited for room in a group");
      cancelled.initCause(interruption);
      throw cancelled;
    }
  }

  /** Forks; an interruption while it waits for room is thrown as such. */
  final <R extends @Nullable Object> CompletableFuture<R> forkInterruptibly(
      Work<? extends R, ?> work) throws InterruptedException {
    if (width != null) {
      awaitRoom(width);
    }
    var task = new ForkedTask<R>(this, work);
    begin(task);
    try {
      Time.current().start("withal-task", Async.carrying(task));
    } catch (Throwable error) {
      leave(task);
      throw error;
    }
    return task;
  }

  final <R extends @Nullable Object> CompletableFuture<R> start(
      AsyncBody<? super Cancellation, ? extends R> work) {
    if (width != null && !width.tryTake()) {
      throw isAsked()
          ? refusal()
          : new IllegalStateException(name + " is full: await room() before a start");
    }
    var task = new StartedTask<R>(this, work);
    begin(task);
    return task.run();
  }

  final CompletableFuture<@Nullable Void> room() {
    if (width != null) {
      return width.room();
    }
    return isAsked()
        ? CompletableFuture.failedFuture(refusal())
        : CompletableFuture.completedFuture(null);
  }

  private void awaitRoom(Width places) throws InterruptedException {
    if (BOUNDED.get() == this) {
      throw new IllegalStateException(FROM_WITHIN);
    }
    places.await();
  }

  /** Counts a task, which has room, and puts it among those that run. */
  private void begin(Member task) {
    if (!running.add(task)) {
      if (width != null) {
        width.give();
      }
      throw new IllegalStateException(
          name + " has ended: begin tasks while its body or one of its tasks runs");
    }
    if (isAsked()) {
      leave(task);
      throw refusal();
    }
  }

  /** {@return what a task ends with that was asked to, or wasn't begun for that} */
  final CancellationException refusal() {
    var cancelled = new CancellationException("the task was asked to end, as its group was");
    cancelled.initCause(reason.get());
    return cancelled;
  }

  // ---- while they run --------------------------------------------------------------------------

  /** Runs what a forked task does. */
  final <R extends @Nullable Object> R run(Work<? extends R, ?> work) throws Exception {
    if (width == null) {
      return work.call();
    }
    BOUNDED.set(this);
    try {
      return work.call();
    } finally {
      BOUNDED.remove();
    }
  }

  /** Asks a task, and interrupts its thread. {@return whether it heard} */
  final boolean interrupt(ForkedTask<?> task, TaskFuture.Request request) {
    interrupting.lock();
    try {
      return task.hear(request);
    } finally {
      interrupting.unlock();
    }
  }

  /** {@return the request that a task heard, whose thread nobody interrupts from here on} */
  final TaskFuture.Request heard(ForkedTask<?> task) {
    interrupting.lock();
    try {
      return task.request();
    } finally {
      interrupting.unlock();
    }
  }

  final boolean isAsked() {
    return reason.get() != null;
  }

  /** Asks all tasks to end, once; the body waits for them no longer, but their exit does. */
  final void ask(Throwable why) {
    askTasks(why);
    rest.complete(null);
  }

  /** Asks all tasks to end, once, and lets the body wait for them. */
  final void askTasks(Throwable why) {
    if (reason.compareAndSet(null, why)) {
      askRunning();
    }
  }

  private void askRunning() {
    if (width != null) {
      width.refuse(refusal());
    }
    for (Member task : running.all()) {
      task.ask(refusal());
    }
  }

  // ---- as they end -----------------------------------------------------------------------------

  /** A task has failed that nobody had asked to end. */
  final void failed(Member.Failure failure) {
    note(failure);
    onFailure(failure.error());
  }

  /** Remembers a failure for the one who exits the group. */
  final void note(Member.Failure failure) {
    failures.add(failure);
  }

  final @Nullable Throwable firstFailure() {
    Member.Failure first = failures.peek();
    return first == null ? null : first.error();
  }

  /** A task is counted no more. */
  final void leave(Member task) {
    if (width != null) {
      width.give();
    }
    if (task.leave(running)) {
      hasEnded();
    }
    onLeft();
  }

  private void hasEnded() {
    // In this order, as whoever waits for the rest awaits the end next.
    ended.complete(null);
    rest.complete(null);
  }

  /** {@return whether nothing but the body runs, if that does} */
  final boolean isIdle() {
    return running.isEmpty();
  }

  // ---- for the context -------------------------------------------------------------------------

  final CompletionStage<?> lost() {
    return lost;
  }

  final CompletionStage<?> bodyReturned() {
    bodyEnded();
    return rest;
  }

  final CompletionStage<Verdict> exit(ExitCase how) {
    Throwable error = how.error();
    if (error != null) {
      ask(error);
    }
    bodyEnded();
    return ended.isDone() ? answer() : ended.thenCompose(ignored -> answer());
  }

  private void bodyEnded() {
    if (!bodyIsOver.getAndSet(true)) {
      if (running.endBody()) {
        hasEnded();
      }
      onLeft();
    }
  }

  private CompletionStage<Verdict> answer() {
    List<TaskFailures.Failure> told = new ArrayList<>();
    for (Member.Failure failure : told()) {
      told.add(new TaskFailures.Failure(failure.error(), failure.holder().get()));
    }
    return told.isEmpty()
        ? Verdict.PROPAGATE.now()
        : CompletableFuture.failedFuture(new TaskFailures(told));
  }

  /** {@return the failures that the exit tells} */
  Iterable<Member.Failure> told() {
    return failures;
  }
}
