package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Work on a thread of its own that takes its time to end, in either time. */
@ExtendWith(LeakCheck.class)
abstract class WorkOnItsOwnThread {

  /** Which time is in force. */
  enum Clock {
    VIRTUAL,
    REAL
  }

  final Journal journal = new Journal();
  final CompletableFuture<Void> begun = new CompletableFuture<>();
  final CompletableFuture<Void> interrupted = new CompletableFuture<>();
  final CompletableFuture<Void> release = new CompletableFuture<>();

  final CompletableFuture<VirtualTime> installed = new CompletableFuture<>();

  void begin(Clock clock) {
    if (clock == Clock.VIRTUAL) {
      installed.complete(VirtualTime.install());
    }
  }

  @AfterEach
  void endTime() {
    if (installed.isDone()) {
      try (VirtualTime time = installed.resultNow()) {
        time.settle();
        assertThat(time.runningThreads()).isZero();
        assertThat(time.pendingTimers()).isZero();
      }
    }
  }

  CompletableFuture<Void> note(String event) {
    journal.add(event);
    return CompletableFuture.completedFuture(null);
  }

  /** Takes note of its interruption, and ends when it is released. */
  String takesItsTime() throws InterruptedException {
    begun.complete(null);
    try {
      Async.await(new CompletableFuture<>());
    } catch (InterruptedException _) {
      journal.add("interrupted");
      interrupted.complete(null);
    }
    Async.await(release);
    journal.add("ended");
    return "late";
  }
}
