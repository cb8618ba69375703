package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import dev.withal.testkit.EventLoopThread;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code run}: a body without a result is used as one that has one, whatever the manager. */
@ExtendWith(LeakCheck.class)
class BodyWithoutResultTest {
  private static final Duration LONG = Duration.ofHours(1);

  /** What is run: {@code run} of a manager. */
  interface Running {
    <X extends Exception> void run(Body.Action<? super String, X> body)
        throws X, InterruptedException;
  }

  /** A kind of managers, each of which enters and exits {@code a}. */
  enum Kind {
    ASYNCHRONOUS {
      @Override
      Running of(Journal journal) {
        return asynchronous(journal)::run;
      }
    },
    SYNCHRONOUS {
      @Override
      Running of(Journal journal) {
        return synchronous(journal)::run;
      }
    },
    OF_BOTH_KINDS {
      @Override
      Running of(Journal journal) {
        return synchronous(journal).async()::run;
      }
    },
    OF_BOTH_KINDS_ON_AN_EXECUTOR {
      @Override
      Running of(Journal journal) {
        return synchronous(journal).async(Runnable::run)::run;
      }
    },
    OF_BOTH_KINDS_BY_HAND {
      @Override
      Running of(Journal journal) {
        return new DualContextManager<String>() {
              @Override
              public Context<? extends String> enter() throws Exception {
                return synchronous(journal).enter();
              }

              @Override
              public CompletableFuture<AsyncContext<String>> enterAsync() {
                return CompletableFuture.failedFuture(new AssertionError("entered elsewhere"));
              }
            }
            ::run;
      }
    },
    GENERATOR {
      @Override
      Running of(Journal journal) {
        return AsyncContextManager.<String>generator(
                yield -> synchronous(journal).run(yield::value))
            ::run;
      }
    },
    NAMED {
      @Override
      Running of(Journal journal) {
        return asynchronous(journal).named("other")::run;
      }
    },
    WITH_A_BOUND_ON_ITS_ENTER {
      @Override
      Running of(Journal journal) {
        return synchronous(journal).async().enterTimeout(LONG)::run;
      }
    },
    WITH_A_BOUND_ON_ITS_EXIT {
      @Override
      Running of(Journal journal) {
        return asynchronous(journal).exitTimeout(LONG)::run;
      }
    },
    MAPPED {
      @Override
      Running of(Journal journal) {
        return asynchronous(journal).map(value -> value)::run;
      }
    },
    SUPPRESSING {
      @Override
      Running of(Journal journal) {
        return asynchronous(journal).suppressing(NumberFormatException.class)::run;
      }
    },
    BEHIND_BLOCKING {
      @Override
      Running of(Journal journal) {
        return asynchronous(journal).blocking()::run;
      }
    },
    ON_A_STACK {
      @Override
      Running of(Journal journal) {
        return new Running() {
          @Override
          public <X extends Exception> void run(Body.Action<? super String, X> body)
              throws X, InterruptedException {
            AsyncExitStack.manager().<X>run(stack -> body.run(stack.enter(asynchronous(journal))));
          }
        };
      }
    };

    abstract Running of(Journal journal);
  }

  private static final class OfTheBody extends Exception {
    private static final long serialVersionUID = 1;
  }

  private final Journal journal = new Journal();

  @ParameterizedTest
  @EnumSource
  void run_bodyEnds_hasSeenTheValueAndExitsOnce(Kind kind, VirtualTime time) throws Exception {
    kind.of(journal).run(value -> journal.add("body " + value));

    assertThat(journal.events()).containsExactly("enter a", "body a", "exit a succeeded");
    assertThat(time.pendingTimers()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void run_bodyFails_throwsItsErrorAsItIsAfterTheExit(Kind kind, VirtualTime time) {
    var error = new OfTheBody();

    Throwable thrown = catchThrowable(() -> runFailing(kind.of(journal), error));

    assertThat(thrown).isSameAs(error).hasNoCause().hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter a", "exit a failed null");
    assertThat(time.pendingTimers()).isZero();
  }

  /** Its signature says what the body throws, and nothing else but the interruption. */
  private static void runFailing(Running running, OfTheBody error)
      throws OfTheBody, InterruptedException {
    running.<OfTheBody>run(_ -> {
      throw error;
    });
  }

  @ParameterizedTest
  @EnumSource
  void run_bodyIsInterrupted_exitIsToldSo(Kind kind, VirtualTime time) {
    var interruption = new InterruptedException();

    Throwable thrown =
        catchThrowable(() ->
            kind.of(journal)
                .<RuntimeException>run(_ -> {
                  throw interruption;
                }));

    assertThat(thrown).isSameAs(interruption);
    assertThat(journal.events())
        .containsExactly("enter a", "exit a cancelled InterruptedException");
    assertThat(time.pendingTimers()).isZero();
  }

  @ParameterizedTest
  @EnumSource(mode = EXCLUDE, names = "ON_A_STACK") // there it is the test's own body that gets it
  void run_bodyIsNull_isRefusedBeforeTheEnter(Kind kind) {
    Throwable thrown = catchThrowable(() -> kind.of(journal).run(null));

    assertThat(thrown).isExactlyInstanceOf(NullPointerException.class).hasMessage("body");
    assertThat(journal.events()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = EXCLUDE, names = "SYNCHRONOUS")
  void run_onAnEventLoop_isRefusedBeforeTheEnter(Kind kind) throws Exception {
    Throwable thrown = onAnEventLoop(kind.of(journal));

    assertThat(thrown)
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessageContaining("blocks, and ");
    assertThat(journal.events()).isEmpty();
  }

  private static Throwable onAnEventLoop(Running running) throws InterruptedException {
    var thrown = new CompletableFuture<Throwable>();
    var loop =
        new EventLoopThread(
            () -> thrown.complete(catchThrowable(() -> running.run(_ -> {}))), "loop");
    loop.start();
    loop.join();
    return thrown.resultNow();
  }

  @ParameterizedTest
  @EnumSource(names = {"ASYNCHRONOUS", "SYNCHRONOUS", "OF_BOTH_KINDS"})
  void run_errorIsSuppressedByTheExit_returns(Kind kind) throws Exception {
    var manager =
        ContextManager.of(
            () -> "a",
            (_, how) -> {
              journal.add("exit a " + Probe.describe(how));
              return Verdict.SUPPRESS;
            });
    Body.Action<String, IOException> body =
        _ -> {
          throw new IOException("body");
        };

    switch (kind) {
      case ASYNCHRONOUS -> manager.async().named("a").run(body);
      case SYNCHRONOUS -> manager.run(body);
      default -> manager.async().run(body);
    }

    assertThat(journal.events()).containsExactly("exit a failed body");
  }

  private static AsyncContextManager<String> asynchronous(Journal journal) {
    return AsyncContextManager.of(
        () -> {
          journal.add("enter a");
          return CompletableFuture.completedFuture("a");
        },
        (value, how) -> {
          journal.add("exit " + value + " " + Probe.describe(how));
          return Verdict.PROPAGATE.now();
        });
  }

  private static ContextManager<String> synchronous(Journal journal) {
    return ContextManager.of(
        () -> {
          journal.add("enter a");
          return "a";
        },
        (value, how) -> {
          journal.add("exit " + value + " " + Probe.describe(how));
          return Verdict.PROPAGATE;
        });
  }
}
