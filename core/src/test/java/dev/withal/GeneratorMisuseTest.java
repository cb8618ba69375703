package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Generators that break the rule of one yield are refused with what to do instead. */
@ExtendWith(LeakCheck.class)
class GeneratorMisuseTest {

  @OnEveryCarrier
  void generator_neverYields_isRefused(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> manager = AsyncContextManager.generator(_ -> {});

    assertThatThrownBy(() -> carrier.use(time, manager, value -> value))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("the generator did not yield: yield one value");
  }

  @OnEveryCarrier
  void generator_hasANameAndNeverYields_isRefusedByThat(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> manager =
        AsyncContextManager.<String>generator(_ -> {}).named("orders");

    assertThatThrownBy(() -> carrier.use(time, manager, value -> value))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("the generator orders did not yield: yield one value");
  }

  @OnEveryCarrier
  void generator_hasANameAndYieldsTwice_isRefusedByThat(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> manager =
        AsyncContextManager.<String>generator(
                yield -> {
                  yield.value("one");
                  yield.value("another");
                })
            .named("orders");

    assertThatThrownBy(() -> carrier.use(time, manager, value -> value))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("the generator orders yielded twice: yield one value");
  }

  @OnEveryCarrier
  void generator_yieldsTwice_isRefusedAndEnds(Carrier carrier, VirtualTime time, Journal journal) {
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          yield.value("first");
          try {
            yield.value("second");
          } finally {
            journal.add("finally");
          }
        });

    assertThatThrownBy(() ->
            carrier.use(
                time,
                manager,
                value -> {
                  journal.add("body " + value);
                  return value;
                }))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("the generator yielded twice: yield one value")
        .hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("body first", "finally");
  }

  @OnEveryCarrier
  void generator_yieldsAgainAfterFailure_keepsTheBodysErrorReachable(
      Carrier carrier, VirtualTime time) {
    var bodyError = new IOException("body");
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          try {
            yield.value("first");
          } catch (IOException e) {
            yield.value("second");
          }
        });

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, manager, _ -> Probe.raise(bodyError)));

    assertThat(thrown).hasMessage("the generator yielded twice: yield one value");
    assertThat(thrown.getSuppressed()).containsExactly(bodyError);
  }

  @OnEveryCarrier
  void generator_catchesThatItYieldedTwice_isRefusedAllTheSame(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          yield.value("first");
          assertThatThrownBy(() -> yield.value("second")).isInstanceOf(IllegalStateException.class);
        });

    assertThatThrownBy(() -> carrier.use(time, manager, value -> value))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("the generator yielded twice: yield one value");
  }

  @OnEveryCarrier
  void generator_throwsAnotherAfterItYieldedTwice_isThatErrorWithTheMisuse(
      Carrier carrier, VirtualTime time) {
    var error = new IOException("another");
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          yield.value("first");
          try {
            yield.value("second");
          } catch (IllegalStateException misuse) {
            throw error;
          }
        });

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown).isSameAs(error);
    assertThat(thrown.getSuppressed())
        .singleElement()
        .satisfies(misuse ->
            assertThat(misuse).hasMessage("the generator yielded twice: yield one value"));
  }

  @Test
  void yield_onAnotherThread_isRefused(VirtualTime time) {
    var refused = new AtomicReference<Throwable>();
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          Thread other =
              Thread.ofVirtual()
                  .start(() -> refused.set(catchThrowable(() -> yield.value("other"))));
          other.join();
          yield.value("own");
        });

    String result = catchResult(() -> manager.use(value -> value));

    assertThat(result).isEqualTo("own");
    assertThat(refused.get())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(
            "yield.value was called on another thread: call it on the one the generator runs on");
  }

  private static <T> T catchResult(java.util.concurrent.Callable<T> call) {
    try {
      return call.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
