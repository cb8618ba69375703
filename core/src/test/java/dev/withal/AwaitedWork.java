package dev.withal;

import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Work that a thread awaits and stops, and how that came out. */
@ExtendWith(LeakCheck.class)
abstract class AwaitedWork {
  final Journal journal = new Journal();
  final CompletableFuture<String> work = new CompletableFuture<>();
  final CompletableFuture<Throwable> thrown = new CompletableFuture<>();
  final CompletableFuture<Boolean> flag = new CompletableFuture<>();
  final List<Report> reports = new CopyOnWriteArrayList<>();
  final Report.Registration registration = Report.listen(reports::add);

  @AfterEach
  void endListening() {
    registration.close();
  }

  void stop() {
    journal.add("stop");
  }

  /** Awaits on a thread of its own, which tells how that came out. */
  Thread awaiting(VirtualTime time, CompletionStage<String> stage, Runnable stop) {
    return user(time, () -> journal.add("got " + Async.<String, Exception>await(stage, stop)));
  }

  Thread user(VirtualTime time, Work.Action<Exception> action) {
    Thread user =
        time.start(() -> {
          thrown.complete(catchThrowable(action::run));
          flag.complete(Thread.currentThread().isInterrupted());
        });
    time.settle();
    return user;
  }
}
