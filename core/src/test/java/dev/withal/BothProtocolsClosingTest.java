package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A synchronous manager of something closeable. */
@ExtendWith(LeakCheck.class)
class BothProtocolsClosingTest {
  private final Journal journal = new Journal();

  @Test
  void closing_opened_isClosedAfterTheBody() throws Exception {
    ContextManager<AutoCloseable> manager = ContextManager.closing(() -> () -> note("closed"));

    manager.<AutoCloseable, Exception>use(value -> {
      note("body");
      return value;
    });

    assertThat(journal.events()).containsExactly("body", "closed");
  }

  @Test
  void closing_openFails_closesNothing() {
    var error = new IOException("open");
    ContextManager<AutoCloseable> manager =
        ContextManager.closing(() -> {
          throw error;
        });

    assertThat(catchThrowable(() -> manager.<String, Exception>use(_ -> "result")))
        .isSameAs(error)
        .hasNoSuppressedExceptions();
  }

  @Test
  void closing_openReturnsNull_runsTheBodyAndClosesNothing() throws Exception {
    ContextManager<AutoCloseable> manager = ContextManager.closing(() -> null);

    String result = manager.<String, Exception>use(value -> "got " + value);
    String stage = manager.async().<String>useAsync(value -> got(value)).get();
    String executed = manager.async(Runnable::run).<String>useAsync(value -> got(value)).get();

    assertThat(List.of(result, stage, executed)).containsOnly("got null");
  }

  @Test
  void closing_closeFailsAfterTheBody_isAddedToItsError() {
    var bodyError = new IOException("body");
    var closeError = new IOException("close");
    ContextManager<AutoCloseable> manager =
        ContextManager.closing(() ->
            () -> {
              throw closeError;
            });

    Throwable thrown =
        catchThrowable(() -> manager.<String, Exception>use(_ -> Probe.raise(bodyError)));

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(closeError);
  }

  private static CompletableFuture<String> got(AutoCloseable value) {
    return CompletableFuture.completedFuture("got " + value);
  }

  private void note(String event) {
    journal.add(event);
  }
}
