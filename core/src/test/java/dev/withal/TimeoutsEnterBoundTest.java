package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A bound on an enter is a bound: the caller has the answer then, unless a grace period was asked
 * for, and what arrives later is exited in the background (L8).
 */
@ExtendWith(LeakCheck.class)
class TimeoutsEnterBoundTest {
  private static final Duration LIMIT = Duration.ofMillis(50);

  /** Bounds what never arrives unless the test lets it. */
  enum Form {
    PLAIN {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return late.enterTimeout(LIMIT);
      }
    },
    NAMED {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return late.enterTimeout(LIMIT).named("late");
      }
    },
    MAPPED {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return late.map(String::length).enterTimeout(LIMIT);
      }
    },
    BOUNDED_AND_THEN_MAPPED {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return late.enterTimeout(LIMIT).map(String::length);
      }
    },
    OUTER_OF_A_CHAIN {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return late.flatMap(AsyncContextManager::ofValue).enterTimeout(LIMIT);
      }
    },
    INNER_OF_A_CHAIN {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return AsyncContextManager.ofValue("outer").flatMap(_ -> late).enterTimeout(LIMIT);
      }
    },
    BOUNDED_IN_A_CHAIN {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return AsyncContextManager.ofValue("outer").flatMap(_ -> late.enterTimeout(LIMIT));
      }
    },
    SUPPRESSING {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return late.suppressing(IOException.class).enterTimeout(LIMIT);
      }
    },
    EXIT_BOUNDED_TOO {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return late.exitTimeout(LIMIT).enterTimeout(LIMIT);
      }
    },
    GROUP {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return AsyncContextManager.all(List.of(AsyncContextManager.ofValue("a"), late))
            .enterTimeout(LIMIT);
      }
    },
    BOUNDED_IN_A_GROUP {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return AsyncContextManager.all(
            List.of(AsyncContextManager.ofValue("a"), late.enterTimeout(LIMIT)));
      }
    },
    GENERATOR {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return AsyncContextManager.<String>generator(
                yield -> {
                  Context<? extends String> context = late.blocking().enter();
                  yield.value(context.value());
                })
            .enterTimeout(LIMIT);
      }
    },
    BLOCKING {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return late.enterTimeout(LIMIT).blocking().async();
      }
    },
    ON_A_STACK {
      @Override
      AsyncContextManager<?> bounded(AsyncContextManager<String> late) {
        return () -> {
          AsyncExitStack stack = AsyncExitStack.open();
          return stack
              .enterAsync(late.enterTimeout(LIMIT))
              .handle((_, error) ->
                  stack
                      .closeAsync()
                      .thenCompose(_ -> CompletableFuture.<AsyncContext<String>>failedStage(error)))
              .thenCompose(stage -> stage);
        };
      }
    };

    abstract AsyncContextManager<?> bounded(AsyncContextManager<String> late);
  }

  static Stream<Arguments> everywhere() {
    return Stream.of(Form.values())
        .flatMap(form -> Stream.of(Carrier.values()).map(carrier -> Arguments.of(form, carrier)));
  }

  /** A stage of somebody else can't be asked: the form on a stack is one. */
  static Stream<Arguments> whereACallerCanAsk() {
    return Stream.of(Form.values())
        .filter(form -> form != Form.ON_A_STACK)
        .flatMap(form ->
            Stream.of(Carrier.VIRTUAL_THREAD, Carrier.STAGE_LATER)
                .map(carrier -> Arguments.of(form, carrier)));
  }

  private final Journal journal = new Journal();

  @ParameterizedTest
  @MethodSource("everywhere")
  void bound_nothingArrives_isWhenTheCallerHasTheAnswer(
      Form form, Carrier carrier, VirtualTime time) {
    var late = new ByHand(journal);

    Throwable thrown = use(form.bounded(late), carrier, time);

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class).hasNoSuppressedExceptions();
    assertThat(time.elapsed()).isEqualTo(LIMIT);
    journal.add("answer");
    late.exit.complete(Verdict.PROPAGATE);
    late.arrive();
    time.advance(Duration.ofSeconds(2));
    assertThat(journal.events())
        .hasSize(3)
        .startsWith("enter", "answer")
        .last()
        .asString()
        .startsWith("exit cancelled");
  }

  @ParameterizedTest
  @MethodSource("whereACallerCanAsk")
  void bound_callerAskedBefore_isTheLatestEnd(Form form, Carrier carrier, VirtualTime time)
      throws Exception {
    var late = new ByHand(journal);
    AsyncContextManager<?> bounded = form.bounded(late);
    if (carrier.isDirect()) {
      Thread user =
          time.start(() -> {
            Throwable thrown = catchThrowable(() -> bounded.use(value -> value));
            journal.add(thrown.getClass().getSimpleName() + " at " + time.elapsed());
          });
      time.advance(LIMIT.dividedBy(2));
      time.interrupt(user);
    } else {
      CompletableFuture<?> result = bounded.useAsync(_ -> Async.sleepAsync(LIMIT));
      result.whenComplete(
          (_, error) -> journal.add(error.getClass().getSimpleName() + " at " + time.elapsed()));
      time.advance(LIMIT.dividedBy(2));
      result.cancel(false);
    }
    time.advance(LIMIT.dividedBy(2));

    String answer = carrier.isDirect() ? "InterruptedException" : "CancellationException";
    assertThat(journal.events()).containsExactly("enter", answer + " at " + LIMIT);
    late.exit.complete(Verdict.PROPAGATE);
    late.arrive();
    time.advance(Duration.ofSeconds(2));
  }

  private static <T> Throwable use(
      AsyncContextManager<T> manager, Carrier carrier, VirtualTime time) {
    return catchThrowable(() -> carrier.use(time, manager, value -> value));
  }
}
