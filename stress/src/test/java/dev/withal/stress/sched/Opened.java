package dev.withal.stress.sched;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.Cancellation;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A context of a {@link Resource}, and the places of its enter, body and exit among the events. */
final class Opened implements AsyncContext<Opened> {
  private static final Duration GRACE = Duration.ofSeconds(1);

  final Resource resource;
  private final Run run;
  private final String name;

  private Duration exitedAt;

  int arrived = -1;
  int bodyBegan = -1;
  int bodyEnded = -1;
  int exits;
  int exitBegan = -1;
  int exitEnded = -1;
  int forced = -1;
  ExitCase how;

  /** The error that the exit suppressed. */
  Throwable suppressed;

  Opened(Resource resource) {
    this.resource = resource;
    run = resource.run;
    name = resource.name;
    run.opened.add(this);
    resource.latest = this;
    if (resource.owner != null) {
      resource.owner.owed.add(this);
    }
  }

  /** The enter ends: well, or badly. */
  Opened arrive() {
    if (run.oneIn(8)) {
      run.note("enter " + this + " fails");
      run.asks();
      throw run.error("enter " + this);
    }
    arrived = run.note("entered " + this);
    return this;
  }

  /** Is open already. */
  void adopt() {
    arrived = run.note("adopted " + this);
  }

  @Override
  public Opened value() {
    return this;
  }

  // ---- bodies ----------------------------------------------------------------------------------

  /** A body in direct style. */
  <T> T body(Callable<T> action) throws Exception {
    bodyBegan = run.note("body of " + this);
    try {
      run.pauses(3);
      T result = action.call();
      run.pauses(3);
      return result;
    } finally {
      bodyEnded = run.note("body of " + this + " ended");
    }
  }

  /** A body in direct style that waits for the work of another thread. */
  String awaitingBody() throws Exception {
    return body(() -> {
      Async.await(resource.stage("work for " + this, () -> null));
      return result();
    });
  }

  /** What a body does last: it fails, or doesn't. */
  String result() {
    if (run.oneIn(6)) {
      throw run.error("body of " + this);
    }
    return name;
  }

  /** A body in stage style, which may listen to a request to end. */
  CompletionStage<String> body(Cancellation cancellation) {
    bodyBegan = run.note("body of " + this);
    var ending = new CompletableFuture<String>();
    resource.stage("body of " + this, () -> null).whenComplete((_, _) -> end(ending));
    if (run.oneIn(2)) {
      cancellation.onRequest(reason -> {
        if (bodyEnded < 0) {
          bodyEnded = run.note("body of " + this + " hears " + reason);
          ending.completeExceptionally(new CancellationException("heard"));
        }
      });
    }
    return ending;
  }

  private void end(CompletableFuture<String> ending) {
    if (bodyEnded >= 0) {
      return;
    }
    bodyEnded = run.note("body of " + this + " ended");
    try {
      ending.complete(result());
    } catch (RuntimeException failure) {
      ending.completeExceptionally(failure);
    }
  }

  // ---- the exit --------------------------------------------------------------------------------

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase ending) {
    begin(ending);
    return resource.stage("exit " + this, this::exit);
  }

  /** Exits on the calling thread, which no interruption may reach as it waits. */
  void exitHere(ExitCase ending) {
    begin(ending);
    try {
      Async.sleep(run.upTo(resource.slowest()));
      Async.await(resource.stage("end of " + this, () -> null));
    } catch (InterruptedException interruption) {
      run.broken.add("L9: the exit of " + this + " was interrupted");
    }
    exitEnded = run.note("exited " + this);
    if (run.oneIn(8)) {
      throw run.error("exit " + this);
    }
  }

  /** Is closed by force. */
  CompletionStage<?> force() {
    forced = run.note("force " + this);
    return resource.stage("force " + this, () -> null);
  }

  private void begin(ExitCase ending) {
    exits++;
    how = ending;
    exitedAt = run.scheduler.timers().elapsed();
    exitBegan = run.note("exit " + this + " " + ending);
    run.pauses(2);
  }

  private Verdict exit() {
    exitEnded = run.note("exited " + this);
    if (run.oneIn(8)) {
      throw run.error("exit " + this);
    } else if (run.oneIn(8)) {
      suppressed = how.error();
      return Verdict.SUPPRESS;
    } else if (run.oneIn(8)) {
      return Verdict.replaceWith(run.error("replacement by " + this));
    }
    return Verdict.PROPAGATE;
  }

  /**
   * {@return whether this may have arrived past the grace period} Nobody waits for its exit then.
   */
  boolean isLate() {
    return bodyBegan < 0
        && run.askedAt != null
        && exitedAt.minus(run.askedAt).compareTo(GRACE) >= 0;
  }

  boolean isBesideItsBody() {
    return how instanceof ExitCase.Cancelled cancelled && cancelled.bodyStillRuns();
  }

  @Override
  public String toString() {
    return name;
  }
}
