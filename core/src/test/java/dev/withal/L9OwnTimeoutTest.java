package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Time;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * L9: the shield holds off what comes from outside of an exit that blocks, not what that exit asked
 * for itself.
 */
@ExtendWith(LeakCheck.class)
class L9OwnTimeoutTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  interface Step {
    void run() throws Exception;
  }

  enum Kind {
    GENERATOR {
      @Override
      AsyncContextManager<String> exitingBy(Step exit) {
        return AsyncContextManager.generator(yield -> {
          try {
            yield.value("value");
          } finally {
            exit.run();
          }
        });
      }
    },
    SYNCHRONOUS {
      @Override
      AsyncContextManager<String> exitingBy(Step exit) {
        return ContextManager.<AutoCloseable>closing(() -> exit::run).async().map(_ -> "value");
      }
    },
    IN_A_GROUP {
      @Override
      AsyncContextManager<String> exitingBy(Step exit) {
        return AsyncContextManager.all(List.of(GENERATOR.exitingBy(exit))).map(List::getFirst);
      }
    },
    ON_A_STACK {
      @Override
      AsyncContextManager<String> exitingBy(Step exit) {
        AsyncContextManager<AsyncExitStack> filled =
            () -> {
              AsyncExitStack stack = AsyncExitStack.open();
              return stack.enterAsync(SYNCHRONOUS.exitingBy(exit)).thenApply(_ -> stack);
            };
        return filled.map(_ -> "value");
      }
    };

    abstract AsyncContextManager<String> exitingBy(Step exit);
  }

  static Stream<Arguments> everywhere() {
    return Stream.of(Kind.values())
        .flatMap(kind ->
            Stream.of(Wait.values())
                .flatMap(wait ->
                    Stream.of(Carrier.values()).map(carrier -> Arguments.of(kind, wait, carrier))));
  }

  private final Journal journal = new Journal();

  @ParameterizedTest
  @MethodSource("everywhere")
  void timeout_setByTheExit_endsItsWait(Kind kind, Wait wait, Carrier carrier, VirtualTime time)
      throws Exception {
    AsyncContextManager<String> manager = kind.exitingBy(() -> bounded(SECOND, wait::run));

    String result = carrier.use(time, manager, value -> value);

    assertThat(result).isEqualTo("value");
    assertThat(journal.events()).containsExactly("timed out after PT1S");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void interruption_whileTheExitWaitsWithABound_isHeldBack(Wait wait, VirtualTime time)
      throws Exception {
    AsyncContextManager<String> manager =
        Kind.GENERATOR.exitingBy(() -> bounded(SECOND, wait::run));
    Thread user = time.start(() -> journal.add("flag " + used(manager)));
    time.advance(SECOND.dividedBy(4));
    time.interrupt(user);
    time.advance(SECOND.dividedBy(4));
    time.interrupt(user);
    assertThat(journal.events()).isEmpty();

    time.advance(Wait.LONG);

    assertThat(journal.events()).containsExactly("timed out after PT1S", "flag true");
  }

  @ParameterizedTest
  @EnumSource
  void interruption_afterTheTimeoutWasNoticed_isHeldBack(Wait wait, VirtualTime time)
      throws Exception {
    AsyncContextManager<String> manager =
        Kind.GENERATOR.exitingBy(() ->
            bounded(
                SECOND,
                () -> {
                  bounded(Wait.LONG, wait::run);
                  Async.sleep(SECOND);
                  journal.add("went on");
                }));
    Thread user = time.start(() -> journal.add("flag " + used(manager)));
    time.advance(SECOND.multipliedBy(3).dividedBy(2));
    time.interrupt(user);

    time.advance(Wait.LONG);

    assertThat(journal.events())
        .containsExactly("InterruptedException", "went on", "timed out after PT2S", "flag true");
  }

  @ParameterizedTest
  @EnumSource
  void timeout_aroundTheWholeUse_doesNotReachTheExit(Wait wait, VirtualTime time) throws Exception {
    AsyncContextManager<String> manager =
        Kind.GENERATOR.exitingBy(() -> bounded(SECOND.multipliedBy(2), wait::run));
    bounded(SECOND, () -> manager.use(value -> value));

    assertThat(journal.events()).containsExactly("timed out after PT2S", "timed out after PT2S");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void timeout_setByTheOuterExit_reachesTheInnerOneNot(Wait wait, VirtualTime time)
      throws Exception {
    AsyncContextManager<String> inner =
        Kind.GENERATOR.exitingBy(() -> bounded(SECOND.multipliedBy(2), wait::run));
    AsyncContextManager<String> outer =
        Kind.SYNCHRONOUS.exitingBy(() ->
            bounded(
                SECOND,
                () -> {
                  inner.use(value -> value);
                  journal.add("inner is done");
                  Async.sleep(Wait.LONG);
                }));
    time.start(() -> journal.add("flag " + used(outer)));
    time.advance(Wait.LONG.multipliedBy(2));

    assertThat(journal.events())
        .containsExactly(
            "timed out after PT2S", "inner is done", "timed out after PT2S", "flag false");
  }

  @ParameterizedTest
  @EnumSource
  void timeout_setByTheOuterExit_andAnInterruption_areBothKept(Wait wait, VirtualTime time)
      throws Exception {
    AsyncContextManager<String> inner =
        Kind.GENERATOR.exitingBy(() -> bounded(SECOND.multipliedBy(3), wait::run));
    AsyncContextManager<String> outer =
        Kind.SYNCHRONOUS.exitingBy(() ->
            bounded(
                SECOND,
                () -> {
                  inner.use(value -> value);
                  journal.add("inner is done");
                  Async.sleep(Wait.LONG);
                }));
    Thread user = time.start(() -> journal.add("flag " + used(outer)));
    time.advance(SECOND.multipliedBy(2));
    time.interrupt(user);
    time.advance(Wait.LONG.multipliedBy(2));

    assertThat(journal.events())
        .containsExactly(
            "timed out after PT3S", "inner is done", "timed out after PT3S", "flag true");
  }

  @ParameterizedTest
  @EnumSource
  void value_lostInsideTheExit_endsItsWait(Wait wait, VirtualTime time) throws Exception {
    var lost = new CompletableFuture<Void>();
    AsyncContextManager<String> manager =
        Kind.GENERATOR.exitingBy(() -> {
          try {
            session(lost)
                .use(_ -> {
                  wait.run();
                  return null;
                });
          } catch (IllegalStateException e) {
            journal.add(e.getMessage());
          }
        });
    time.start(() -> journal.add("flag " + used(manager)));
    time.advance(SECOND);
    lost.completeExceptionally(new IllegalStateException("the session is gone"));
    time.advance(Duration.ZERO);

    assertThat(journal.events()).containsExactly("the session is gone", "flag false");
  }

  /** Its value is lost when the given future fails. */
  private static AsyncContextManager<String> session(CompletableFuture<Void> lost) {
    var context =
        new AsyncContext<String>() {
          @Override
          public String value() {
            return "session";
          }

          @Override
          public CompletableFuture<Void> lost() {
            return lost;
          }

          @Override
          public CompletableFuture<Verdict> exitAsync(ExitCase how) {
            return CompletableFuture.completedFuture(Verdict.PROPAGATE);
          }
        };
    return () -> CompletableFuture.completedFuture(context);
  }

  private void bounded(Duration limit, Step step) throws Exception {
    Instant begin = Time.current().now();
    try {
      Async.timeout(limit)
          .use(_ -> {
            step.run();
            return null;
          });
    } catch (TimeoutException e) {
      journal.add("timed out after " + Duration.between(begin, Time.current().now()));
    } catch (InterruptedException e) {
      journal.add("InterruptedException");
    }
  }

  /** {@return the interrupt flag after the use} */
  private static boolean used(AsyncContextManager<String> manager) {
    try {
      manager.use(value -> value);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return Thread.interrupted();
  }
}
