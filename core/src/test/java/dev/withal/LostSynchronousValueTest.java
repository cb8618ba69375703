package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A synchronous manager's value that is no longer good interrupts the body in direct style; {@link
 * LostSynchronousValueAsyncTest} has the stage style.
 */
class LostSynchronousValueTest extends SynchronousLease {
  /** How it is used in direct style. */
  enum Direct {
    AS_IT_IS {
      @Override
      <R> R use(ContextManager<String> manager, Body<String, R, Exception> body) throws Exception {
        return manager.<R, Exception>use(body);
      }
    },
    BOTH_KINDS {
      @Override
      <R> R use(ContextManager<String> manager, Body<String, R, Exception> body) throws Exception {
        return manager.async().<R, Exception>use(body);
      }
    },
    NAMED_AND_BOUNDED {
      @Override
      <R> R use(ContextManager<String> manager, Body<String, R, Exception> body) throws Exception {
        return manager.async().named("it").enterTimeout(LONG).<R, Exception>use(body);
      }
    },
    ON_AN_EXECUTOR {
      @Override
      <R> R use(ContextManager<String> manager, Body<String, R, Exception> body) throws Exception {
        return manager.async(Runnable::run).<R, Exception>use(body);
      }
    },
    ON_A_STACK {
      @Override
      <R> R use(ContextManager<String> manager, Body<String, R, Exception> body) throws Exception {
        return AsyncExitStack.manager()
            .<R, Exception>use(stack -> body.apply(stack.enter(manager.async())));
      }
    },
    IN_A_GROUP {
      @Override
      <R> R use(ContextManager<String> manager, Body<String, R, Exception> body) throws Exception {
        return AsyncContextManager.all(List.of(manager.async()))
            .<R, Exception>use(values -> body.apply(values.getFirst()));
      }
    },
    THERE_AND_BACK {
      @Override
      <R> R use(ContextManager<String> manager, Body<String, R, Exception> body) throws Exception {
        return manager.async().blocking().<R, Exception>use(body);
      }
    },
    MAPPED {
      @Override
      <R> R use(ContextManager<String> manager, Body<String, R, Exception> body) throws Exception {
        return manager.async().map(value -> value).<R, Exception>use(body);
      }
    };

    abstract <R> R use(ContextManager<String> manager, Body<String, R, Exception> body)
        throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void lost_whileTheBodyRuns_interruptsItAndExitsOnce(Direct way, VirtualTime time) {
    loseIn(SECOND);

    Throwable thrown =
        catchThrowable(() ->
            way.use(
                lease,
                value -> {
                  try {
                    Async.sleep(SECOND.multipliedBy(9));
                  } catch (InterruptedException asked) {
                    journal.add("asked with " + value);
                    throw asked;
                  }
                  return "result";
                }));

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("asked with value", "exit cancelled IOException");
    assertThat(time.elapsed()).isEqualTo(SECOND);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void lost_beforeTheBodyBegins_interruptsItsFirstWait(Direct way, VirtualTime time) {
    lost.completeExceptionally(reason);

    Throwable thrown =
        catchThrowable(() ->
            way.use(
                lease,
                _ -> {
                  journal.add("begun");
                  Async.sleep(SECOND);
                  return journal.events();
                }));

    assertThat(thrown).isSameAs(reason).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("begun", "exit cancelled IOException");
    assertThat(time.elapsed()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void lost_bodyEndsAllTheSame_isTheResultAndLeavesNoFlag(Direct way, VirtualTime time) {
    List<Report> reports = new ArrayList<>();
    AutoCloseable closeable = () -> journal.add("closed");

    Throwable thrown;
    try (var _ = Report.listen(reports::add)) {
      thrown =
          catchThrowable(() ->
              way.use(
                  lease,
                  _ -> {
                    lost.completeExceptionally(reason);
                    return closeable;
                  }));
    }

    assertThat(thrown).isSameAs(reason);
    assertThat(journal.events()).containsExactly("exit cancelled IOException");
    assertThat(reports).extracting(Report::kind).containsExactly(Report.Kind.DROPPED_VALUE);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void lost_bodyFailsOfItsOwn_isAddedToTheReason(Direct way, VirtualTime time) {
    var error = new IllegalStateException("body");

    Throwable thrown =
        catchThrowable(() ->
            way.use(
                lease,
                _ -> {
                  lost.completeExceptionally(reason);
                  throw error;
                }));

    assertThat(thrown).isSameAs(reason).hasSuppressedException(error);
    assertThat(journal.events()).containsExactly("exit cancelled IOException");
  }

  @ParameterizedTest
  @EnumSource
  void lost_afterTheBodyEnded_changesNothing(Direct way, VirtualTime time) throws Exception {
    String result = way.use(lease, value -> "got " + value);

    lost.completeExceptionally(reason);

    assertThat(result).isEqualTo("got value");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @ParameterizedTest
  @EnumSource
  void loss_isSuppressedByTheExit_leavesNoValue(Direct way, VirtualTime time) throws Exception {
    String result =
        way.use(
            new Lease(null, Verdict.SUPPRESS),
            _ -> {
              lost.completeExceptionally(reason);
              return "result";
            });

    assertThat(result).isNull();
    assertThat(journal.events()).containsExactly("exit cancelled IOException");
  }

  @ParameterizedTest
  @EnumSource
  void lostItself_fails_exitsOnceWithoutTheBody(Direct way, VirtualTime time) {
    var failure = new IllegalStateException("lost");

    Throwable thrown =
        catchThrowable(() ->
            way.use(
                new Lease(failure, Verdict.PROPAGATE),
                _ -> {
                  journal.add("body");
                  return "result";
                }));

    assertThat(thrown).isSameAs(failure);
    assertThat(journal.events()).containsExactly("exit failed lost");
  }

  private void loseIn(Duration delay) {
    Async.sleepAsync(delay).thenRun(() -> lost.completeExceptionally(reason));
  }
}
