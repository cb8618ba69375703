package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Async.run inside a process that goes on; {@link RunProcessTest} has the ends of processes. */
@ExtendWith(LeakCheck.class)
class RunTest {
  private final Journal journal = new Journal();

  @Test
  void run_mainReturns_givesItsResult() throws Exception {
    String result =
        Async.run(() -> {
          journal.add("virtual: " + Thread.currentThread().isVirtual());
          return "result";
        });

    assertThat(result).isEqualTo("result");
    assertThat(journal.events()).containsExactly("virtual: true");
  }

  @Test
  void run_mainFails_throwsTheErrorAsItIs() {
    var error = new IOException("main");

    assertThatThrownBy(() ->
            Async.run(() -> {
              throw error;
            }))
        .isSameAs(error);
  }

  @Test
  void run_mainUsesAManager_exitsBeforeItReturns(VirtualTime time) throws Exception {
    var probe = new Probe(journal, Carrier.VIRTUAL_THREAD, "a");

    String result = Async.run(() -> probe.use(value -> "of " + value));
    journal.add(result);

    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a", "of a");
  }

  @Test
  void run_callerIsInterrupted_interruptsMainAndWaitsForItsExits(VirtualTime time)
      throws Exception {
    var probe = new Probe(journal, Carrier.VIRTUAL_THREAD, "a");
    var thrown = new CompletableFuture<Throwable>();
    Thread caller =
        time.start(() ->
            thrown.complete(
                catchThrowable(() ->
                    Async.run(() ->
                        probe.use(value -> {
                          Async.sleep(Duration.ofDays(1));
                          return value;
                        })))));
    time.advance(Duration.ofSeconds(1));

    time.interrupt(caller);

    assertThat(time.await(thrown)).isExactlyInstanceOf(InterruptedException.class);
    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a cancelled InterruptedException", "exited a");
  }

  @Test
  void runs_inOneProcess_areIndependent(VirtualTime time) throws Exception {
    var first = new CompletableFuture<Throwable>();
    var second = new CompletableFuture<String>();
    Thread caller =
        time.start(() ->
            first.complete(
                catchThrowable(() ->
                    Async.run(() -> {
                      Async.sleep(Duration.ofDays(1));
                      return null;
                    }))));
    time.start(() -> {
      try {
        second.complete(
            Async.run(() -> {
              Async.sleep(Duration.ofHours(1));
              return "second";
            }));
      } catch (InterruptedException e) {
        second.completeExceptionally(e);
      }
    });
    time.advance(Duration.ofSeconds(1));

    time.interrupt(caller);

    assertThat(time.await(first)).isExactlyInstanceOf(InterruptedException.class);
    assertThat(second).isNotDone();
    assertThat(time.await(second)).isEqualTo("second");
  }
}
