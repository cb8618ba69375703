package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L5 and L15: an exception whose methods throw or answer null passes through like any other. */
@ExtendWith(LeakCheck.class)
class L5ForeignErrorsTest {
  private final IOException exitError = new IOException("exit");

  @OnEveryCarrier
  void body_failsWithABrokenError_isDeliveredWithTheExits(
      Carrier carrier, VirtualTime time, Journal journal) {
    for (Flaw flaw : Flaw.values()) {
      var broken = new Broken(flaw);

      Throwable thrown = useAndFail(carrier, time, journal, broken, exitError);

      assertThat(thrown == broken).as(flaw.name()).isTrue();
      assertThat(Arrays.asList(broken.getSuppressed())).as(flaw.name()).containsExactly(exitError);
    }
  }

  @OnEveryCarrier
  void exit_failsWithABrokenError_isSuppressedByTheBodys(
      Carrier carrier, VirtualTime time, Journal journal) {
    for (Flaw flaw : Flaw.values()) {
      var bodyError = new IOException("body");
      var broken = new Broken(flaw);

      Throwable thrown = useAndFail(carrier, time, journal, bodyError, broken);

      assertThat(thrown == bodyError).as(flaw.name()).isTrue();
      assertThat(bodyError.getSuppressed()[0] == broken).as(flaw.name()).isTrue();
    }
  }

  @OnEveryCarrier
  void exit_failsWithABrokenErrorAfterSuccess_isTheResult(
      Carrier carrier, VirtualTime time, Journal journal) {
    for (Flaw flaw : Flaw.values()) {
      var broken = new Broken(flaw);

      Throwable thrown = useAndFail(carrier, time, journal, null, broken);

      assertThat(thrown == broken).as(flaw.name()).isTrue();
    }
  }

  @OnEveryCarrier
  void exit_failsWithABrokenErrorThatWrapsTheBodys_isCopied(
      Carrier carrier, VirtualTime time, Journal journal) {
    for (Flaw flaw : Flaw.values()) {
      if (flaw == Flaw.CAUSE_THROWS || flaw == Flaw.CAUSE_IS_ITSELF) {
        continue; // it wraps nothing, as far as anybody can see
      }
      var bodyError = new IOException("body");
      var broken = new Broken(flaw);
      broken.initCause(bodyError);

      Throwable thrown = useAndFail(carrier, time, journal, bodyError, broken);

      assertThat(thrown == bodyError).as(flaw.name()).isTrue();
      assertThat(bodyError.getSuppressed()).as(flaw.name()).hasSize(1);
      assertThat(bodyError.getSuppressed()[0] == broken).as(flaw.name()).isFalse();
      assertThat(bodyError.getSuppressed()[0]).as(flaw.name()).hasNoCause();
    }
  }

  @Test
  void error_thatCannotBePrinted_isDeliveredAndWrapped() {
    AsyncContextManager<String> failing =
        AsyncContextManager.closing(
            () -> CompletableFuture.completedFuture("x"),
            _ -> CompletableFuture.failedFuture(new IOException("exit")));
    var unprintable = new Unprintable();

    Throwable first = catchThrowable(() -> failing.use(_ -> Probe.raise(unprintable)));
    Throwable second =
        failing
            .useAsync(_ -> CompletableFuture.failedFuture(unprintable))
            .handle((_, error) -> error)
            .join();

    assertThat(first == unprintable).isTrue();
    assertThat(unprintable.getSuppressed()).hasSize(1);
    assertThat(second.getMessage()).contains(Unprintable.class.getName());
    assertThat(second.getCause() == unprintable).isTrue();
  }

  private static Throwable useAndFail(
      Carrier carrier,
      VirtualTime time,
      Journal journal,
      @Nullable Throwable bodyError,
      Throwable exitError) {
    return catchThrowable(() ->
        carrier.use(
            time,
            new Probe(journal, carrier, "a").failingToExit(exitError),
            value -> bodyError == null ? value : Probe.raise(bodyError)));
  }

  private enum Flaw {
    TRACE_IS_NULL,
    TRACE_THROWS,
    TRACE_HAS_A_HOLE,
    CAUSE_THROWS,
    CAUSE_IS_ITSELF,
    HASH_THROWS
  }

  /** An exception one of whose methods is not as it should be. */
  @SuppressWarnings("ThrowableEqualsHashCode") // to be broken is what it is for
  private static final class Broken extends IOException {
    private static final long serialVersionUID = 1;
    private final Flaw flaw;

    Broken(Flaw flaw) {
      super("broken");
      this.flaw = flaw;
    }

    @Override
    public StackTraceElement @Nullable [] getStackTrace() {
      if (flaw == Flaw.TRACE_IS_NULL) {
        return null;
      }
      if (flaw == Flaw.TRACE_HAS_A_HOLE) {
        return new StackTraceElement[1];
      }
      raiseIf(Flaw.TRACE_THROWS);
      return super.getStackTrace();
    }

    @Override
    public synchronized @Nullable Throwable getCause() {
      raiseIf(Flaw.CAUSE_THROWS);
      return flaw == Flaw.CAUSE_IS_ITSELF ? this : super.getCause();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      raiseIf(Flaw.HASH_THROWS);
      return this == other;
    }

    @Override
    public int hashCode() {
      raiseIf(Flaw.HASH_THROWS);
      return 1;
    }

    private void raiseIf(Flaw raised) {
      if (flaw == raised) {
        throw new IllegalStateException(raised.name());
      }
    }
  }

  /** Not on every carrier: the JDK's own futures fail if they are to wrap it. */
  @SuppressWarnings("OverrideThrowableToString") // it's toString that is broken
  private static final class Unprintable extends IOException {
    private static final long serialVersionUID = 1;

    @Override
    public String toString() {
      throw new IllegalStateException("toString");
    }
  }
}
