package dev.withal.stress.sched;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** How a piece of work ended, in direct style or as a future, and when that was seen. */
final class Outcome {
  final Run run;
  final String name;

  /** What had to be exited before this could be seen. */
  final List<Opened> owed = new ArrayList<>();

  /** Whether the work has begun; what hasn't needn't end. */
  boolean begun;

  int seen = -1;
  Object value;
  Throwable error;

  // In direct style:
  Thread thread;
  int interrupts;
  boolean flag;
  boolean direct;

  Outcome(Run run, String name) {
    this.run = run;
    this.name = name;
  }

  /** Calls code in direct style on a thread of its own. */
  void on(String threadName, Callable<?> code) {
    thread = run.thread(threadName, () -> here(code));
  }

  /** Calls code in direct style on the calling thread. */
  void here(Callable<?> code) {
    direct = true;
    begun = true;
    thread = Thread.currentThread();
    try {
      value = code.call();
    } catch (Throwable thrown) {
      error = thrown;
    }
    flag = thread.isInterrupted();
    ended();
  }

  /** Looks at a future as soon as it is done. {@return the same future} */
  <F extends CompletableFuture<?>> F future(F future) {
    begun = true;
    future.handle((result, failure) -> {
      value = result;
      error = failure;
      ended();
      return null;
    });
    return future;
  }

  private void ended() {
    seen = run.note(name + " ended: " + (error == null ? value : error));
  }

  @Override
  public String toString() {
    return name;
  }
}
