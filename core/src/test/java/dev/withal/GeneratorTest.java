package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Managers written as one method with one yield, in direct style and as coroutines. */
@ExtendWith(LeakCheck.class)
class GeneratorTest {

  @OnEveryCarrier
  void generator_bodyReturns_runsAroundIt(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          journal.add("before");
          Async.sleep(Carrier.STEP);
          yield.value("value");
          Async.sleep(Carrier.STEP);
          journal.add("after");
        });

    String result =
        carrier.use(
            time,
            manager,
            value -> {
              journal.add("body " + value);
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(journal.events()).containsExactly("before", "body value", "after");
  }

  @OnEveryCarrier
  void generator_usedAgain_startsAfresh(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    AsyncContextManager<String> manager = journaling(journal);

    carrier.use(time, manager, value -> value);
    carrier.use(time, manager, value -> value);

    assertThat(journal.events()).containsExactly("before", "finally", "before", "finally");
  }

  @Test
  void generator_neverEntered_neverRuns(Journal journal) {
    journaling(journal);

    assertThat(journal.events()).isEmpty();
  }

  @OnEveryCarrier
  void yield_bodyFails_throwsTheSameObject(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("body");
    var seen = new AtomicReference<Throwable>();
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          try {
            yield.value("value");
          } catch (IOException e) {
            seen.set(e);
            throw e;
          } finally {
            journal.add("finally");
          }
        });

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(seen.get()).isSameAs(error);
    assertThat(journal.events()).containsExactly("finally");
  }

  @OnEveryCarrier
  void yield_bodyThrowsError_throwsTheSameObject(
      Carrier carrier, VirtualTime time, Journal journal) {
    var error = new AssertionError("body");

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, journaling(journal), _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("before", "finally");
  }

  @OnEveryCarrier
  void generator_catchesTheBodysError_suppressesIt(Carrier carrier, VirtualTime time)
      throws Exception {
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          try {
            yield.value("value");
          } catch (IOException expected) {
            assertThat(expected).hasMessage("body");
          }
        });

    String result = carrier.use(time, manager, _ -> Probe.raise(new IOException("body")));

    assertThat(result).isNull();
  }

  @OnEveryCarrier
  void generator_throwsAnother_replacesTheBodysError(Carrier carrier, VirtualTime time) {
    var bodyError = new IOException("body");
    var replacement = new IllegalStateException("replacement");
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          try {
            yield.value("value");
          } finally {
            throwIt(replacement);
          }
        });

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, manager, _ -> Probe.raise(bodyError)));

    assertThat(thrown).isSameAs(replacement);
    assertThat(thrown.getSuppressed()).containsExactly(bodyError);
  }

  @OnEveryCarrier
  void generator_throwsWrappingTheBodysError_addsNothing(Carrier carrier, VirtualTime time) {
    var bodyError = new IOException("body");
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          try {
            yield.value("value");
          } catch (IOException e) {
            throw new IllegalStateException("wrapped", e);
          }
        });

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, manager, _ -> Probe.raise(bodyError)));

    assertThat(thrown)
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("wrapped")
        .hasCause(bodyError)
        .hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void generator_throwsAfterSuccess_isTheResult(Carrier carrier, VirtualTime time) {
    var error = new IOException("exit");
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          yield.value("value");
          throw error;
        });

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void generator_throwsBeforeTheYield_failsToEnter(
      Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("enter");
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(_ -> {
          throw error;
        });

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                manager,
                value -> {
                  journal.add("body");
                  return value;
                }));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).isEmpty();
  }

  @OnEveryCarrier
  void generator_returnsInFinally_suppresses(Carrier carrier, VirtualTime time) throws Exception {
    AsyncContextManager<String> manager = AsyncContextManager.generator(GeneratorTest::returning);

    String result = carrier.use(time, manager, _ -> Probe.raise(new IOException("body")));

    assertThat(result).isNull();
  }

  @SuppressWarnings("finally") // as in the language: it drops what the try block threw
  private static void returning(Generator.Yield<String> yield) throws Exception {
    try {
      yield.value("value");
    } finally {
      return;
    }
  }

  private static AsyncContextManager<String> journaling(Journal journal) {
    return AsyncContextManager.generator(yield -> {
      journal.add("before");
      try {
        yield.value("value");
      } finally {
        journal.add("finally");
      }
    });
  }

  private static void throwIt(RuntimeException error) {
    throw error;
  }
}
