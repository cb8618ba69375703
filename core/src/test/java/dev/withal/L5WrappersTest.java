package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L5: what a wrapper says itself is told with the error that it wraps. */
@ExtendWith(LeakCheck.class)
class L5WrappersTest {
  private final IOException disk = new IOException("disk");

  @OnEveryCarrier
  void body_failsWithAPlainWrapper_addsNothing(Carrier carrier, VirtualTime time, Journal journal) {
    Throwable thrown = useAndFail(carrier, time, journal, new CompletionException(disk), null);

    assertThat(thrown).isSameAs(disk).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void body_failsWithAWrapperThatHasAMessage_isToldIt(
      Carrier carrier, VirtualTime time, Journal journal) {
    var wrapper = new ExecutionException("while shard 7 was loaded", disk);

    Throwable thrown = useAndFail(carrier, time, journal, wrapper, null);

    assertThat(thrown).isSameAs(disk);
    assertThat(thrown.getSuppressed())
        .extracting(Throwable::toString)
        .containsExactly(wrapper.toString());
    assertThat(thrown.getSuppressed()[0]).hasNoCause();
    assertThat(thrown.getSuppressed()[0].getStackTrace()).isEqualTo(wrapper.getStackTrace());
  }

  @OnEveryCarrier
  void body_failsWithAWrapperThatCarriesMore_isToldThat(
      Carrier carrier, VirtualTime time, Journal journal) {
    var other = new IOException("page 2");
    var inner = new CompletionException(disk);
    inner.addSuppressed(other);

    Throwable thrown = useAndFail(carrier, time, journal, new CompletionException(inner), null);

    assertThat(thrown).isSameAs(disk);
    assertThat(thrown.getSuppressed()).hasSize(1);
    assertThat(thrown.getSuppressed()[0].getSuppressed()).containsExactly(other);
  }

  @OnEveryCarrier
  void body_failsWithAWrapperOfItsOwnClass_isToldIt(
      Carrier carrier, VirtualTime time, Journal journal) {
    var wrapper = new ShardException(disk);

    Throwable thrown = useAndFail(carrier, time, journal, wrapper, null);

    assertThat(thrown).isSameAs(disk);
    assertThat(thrown.getSuppressed())
        .extracting(Throwable::toString)
        .containsExactly(wrapper.toString());
  }

  @OnEveryCarrier
  void exit_failsWithAWrapperThatHasAMessage_isToldIt(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var wrapper = new CompletionException("while page 3 was flushed", disk);

    Throwable thrown = useAndFail(carrier, time, journal, bodyError, wrapper);

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(disk);
    assertThat(disk.getSuppressed())
        .extracting(Throwable::toString)
        .containsExactly(wrapper.toString());
  }

  @OnEveryCarrier
  void enter_failsWithAWrapperThatHasAMessage_isToldIt(
      Carrier carrier, VirtualTime time, Journal journal) {
    var wrapper = new CompletionException("while shard 7 was opened", disk);

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time, new Probe(journal, carrier, "a").failingToEnter(wrapper), value -> value));

    assertThat(thrown).isSameAs(disk);
    assertThat(thrown.getSuppressed())
        .extracting(Throwable::toString)
        .containsExactly(wrapper.toString());
  }

  @OnEveryCarrier
  void enter_throwsAWrapper_isUnwrapped(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> throwing =
        () -> {
          throw new CompletionException(disk);
        };

    assertThat(catchThrowable(() -> carrier.use(time, throwing, value -> value))).isSameAs(disk);
  }

  @Test
  void enter_ofASynchronousManagerOnAStackThrowsAWrapper_isUnwrapped() throws Exception {
    ContextManager<String> throwing =
        () -> {
          throw new ExecutionException(disk);
        };
    try (AsyncExitStack stack = AsyncExitStack.open()) {
      assertThat(catchThrowable(() -> stack.enter(throwing.async()))).isSameAs(disk);
    }
  }

  @OnEveryCarrier
  void body_failsWithAWrapperOfItself_isDelivered(
      Carrier carrier, VirtualTime time, Journal journal) {
    var exitError = new IOException("exit");
    var loop = new Loop();

    Throwable thrown = useAndFail(carrier, time, journal, loop, exitError);

    assertThat(thrown).isSameAs(loop);
    assertThat(thrown.getSuppressed()).containsExactly(exitError);
  }

  @Test
  void await_failsWithAWrapperThatHasAMessage_isToldItOnce() {
    var wrapper = new CompletionException("while shard 7 was loaded", disk);
    CompletableFuture<String> reply = CompletableFuture.failedFuture(wrapper);

    Throwable first = catchThrowable(() -> Async.<String, Exception>await(reply));
    Throwable second = catchThrowable(() -> Async.<String, Exception>await(reply));

    assertThat(first).isSameAs(disk);
    assertThat(second).isSameAs(disk);
    assertThat(disk.getSuppressed())
        .extracting(Throwable::toString)
        .containsExactly(wrapper.toString());
  }

  @Test
  void wrapper_ofAnErrorThatNobodyIsLeftToBeTold_isReportedAsItIs(VirtualTime time) {
    var reports = new ArrayList<Report>();
    var wrapper = new CompletionException("while shard 7 was read", disk);
    var stuck = new CompletableFuture<String>();
    CompletableFuture<String> use = AsyncContextManager.ofValue("x").useAsync(_ -> stuck);
    try (var _ = Report.listen(reports::add)) {
      use.cancel(true);
      time.advance(Duration.ofSeconds(1));
      stuck.completeExceptionally(wrapper);
    }

    assertThat(use).isCancelled();
    assertThat(reports)
        .extracting(Report::kind)
        .containsExactly(Report.Kind.OVERLAP, Report.Kind.LATE_FAILURE);
    assertThat(reports.getLast().error()).isSameAs(wrapper);
    assertThat(disk).hasNoSuppressedExceptions();
  }

  private static Throwable useAndFail(
      Carrier carrier,
      VirtualTime time,
      Journal journal,
      Throwable bodyError,
      @Nullable Throwable exitError) {
    Probe probe = new Probe(journal, carrier, "a");
    return catchThrowable(() ->
        carrier.use(
            time,
            exitError == null ? probe : probe.failingToExit(exitError),
            _ -> Probe.raise(bodyError)));
  }

  private static final class ShardException extends CompletionException {
    private static final long serialVersionUID = 1;

    ShardException(Throwable cause) {
      super(cause);
    }
  }

  private static final class Loop extends CompletionException {
    private static final long serialVersionUID = 1;

    Loop() {
      super("loop");
    }

    @Override
    public synchronized Throwable getCause() {
      return this;
    }
  }
}
