package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** L16: fatal errors exit all the same. */
@ExtendWith(LeakCheck.class)
class L16FatalErrorsTest {

  static Stream<Arguments> carriersAndErrors() {
    return Stream.of(Carrier.values())
        .flatMap(carrier ->
            Stream.of(
                    new OutOfMemoryError("made up"),
                    new StackOverflowError("made up"),
                    new NoClassDefFoundError("made up"))
                .map(error -> Arguments.of(carrier, error)));
  }

  @ParameterizedTest
  @MethodSource("carriersAndErrors")
  void body_endsWithAFatalError_isExited(
      Carrier carrier, Error error, VirtualTime time, Journal journal) {
    Throwable thrown =
        catchThrowable(
            () -> carrier.use(time, new Probe(journal, carrier, "a"), _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error);
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a failed made up", "exited a");
  }

  @ParameterizedTest
  @MethodSource("carriersAndErrors")
  void exit_endsWithAFatalError_othersRun(
      Carrier carrier, Error error, VirtualTime time, Journal journal) {
    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                AsyncExitStack.manager(),
                stack -> {
                  stack.deferAsync(() ->
                      carrier.step(() -> {
                        journal.add("first registered");
                        return null;
                      }));
                  stack.deferAsync(() -> {
                    throw error;
                  });
                  return null;
                }));

    assertThat(thrown).isSameAs(error);
    assertThat(journal.events()).containsExactly("first registered");
  }

  @OnEveryCarrier
  void body_overflowsTheStack_isExited(Carrier carrier, VirtualTime time, Journal journal) {
    Throwable thrown =
        catchThrowable(() -> carrier.use(time, new Probe(journal, carrier, "a"), _ -> overflow(1)));

    assertThat(thrown).isExactlyInstanceOf(StackOverflowError.class);
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a failed null", "exited a");
  }

  @SuppressWarnings("InfiniteRecursion")
  private static String overflow(int depth) {
    return overflow(depth + 1) + depth;
  }
}
