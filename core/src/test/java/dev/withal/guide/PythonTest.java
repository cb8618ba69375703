package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the page for those who come from Python says. */
@ExtendWith(LeakCheck.class)
class PythonTest {
  private final Journal journal = new Journal();

  // @start region="class"
  record Session(Journal log) implements AsyncContextManager<String> {
    @Override
    public CompletionStage<AsyncContext<String>> enterAsync() { // __aenter__
      return Async.sleepAsync(Duration.ofMillis(100)).thenApply(_ -> new Open(log));
    }
  }

  record Open(Journal log) implements AsyncContext<String> {
    @Override
    public String value() { // what __aenter__ returns
      return "session";
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) { // __aexit__
      log.add(how.error() == null ? "fine" : "failed: " + how.error().getMessage());
      return Verdict.PROPAGATE.now(); // return False
    }
  }

  // @end

  @Test
  void class_toldHowItsBodyEnded(VirtualTime time) throws Exception {
    new Session(journal).use(session -> session);
    Throwable thrown =
        catchThrowable(() ->
            new Session(journal)
                .use(_ -> {
                  throw new IllegalStateException("test error");
                }));

    assertThat(thrown).hasMessage("test error");
    assertThat(journal.events()).containsExactly("fine", "failed: test error");
  }

  // @start region="generator"
  static AsyncContextManager<String> session(Journal log) {
    return AsyncContextManager.generator(yield -> {
      Async.sleep(Duration.ofMillis(100));
      try {
        yield.value("session");
      } finally {
        log.add("closed");
      }
    });
  }

  // @end

  @Test
  void generator_runsAroundItsBody(VirtualTime time) throws Exception {
    // @start region="async-with"
    String direct = session(journal).use(s -> s + " used");

    CompletableFuture<String> staged = session(journal).useAsync(s -> completedFuture(s + " used"));
    // @end

    assertThat(direct).isEqualTo("session used");
    assertThat(time.await(staged)).isEqualTo("session used");
    assertThat(journal.events()).containsExactly("closed", "closed");
  }

  @Test
  void stack_isUsedOnce(VirtualTime time) throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.enter(session(journal));
    stack.close();

    assertThatThrownBy(() -> stack.enter(session(journal)))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("this exit stack is closed: a stack is used once, so open a new one");
    assertThat(journal.events()).containsExactly("closed");
  }

  @Test
  void lock_heldInDirectStyle(VirtualTime time) throws Exception {
    var lock = new ReentrantLock();

    // @start region="lock"
    ContextManager<Lock> locked = ContextManager.lock(lock);
    // @end

    boolean held = locked.use(_ -> lock.isHeldByCurrentThread());

    assertThat(held).isTrue();
    assertThat(lock.isLocked()).isFalse();
  }

  @Test
  void timeout_ofABodyThatReturnsAllTheSame_fails(VirtualTime time) {
    assertThatThrownBy(() ->
            Async.timeout(Duration.ofSeconds(1))
                .use(_ -> {
                  try {
                    Async.sleep(Duration.ofSeconds(5));
                  } catch (InterruptedException ignored) {
                    journal.add("ignored");
                  }
                  return "value";
                }))
        .isExactlyInstanceOf(TimeoutException.class);
    assertThat(journal.events()).containsExactly("ignored");
  }
}
