package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L7, L5: a caller who asks with a value gets that value, and an error after that is reported. */
@ExtendWith(LeakCheck.class)
class L7ValueRequestsTest {
  private final Journal journal = new Journal();
  private final Probe manager = new Probe(journal, Carrier.STAGE_COMPLETE, "a");
  private final CompletableFuture<String> body = new CompletableFuture<>();
  private final List<Report> reports = new ArrayList<>();

  @Test
  void complete_bodyFailsAfterIt_givesTheValueAndReportsTheError() {
    var error = new IOException("body");
    CompletableFuture<String> result = manager.useAsync(_ -> body);

    try (var _ = Report.listen(reports::add)) {
      result.complete("instead");
      body.completeExceptionally(error);
    }

    assertThat(result).isCompletedWithValue("instead");
    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.LATE_FAILURE,
                "a",
                "the body failed after its caller had stopped waiting",
                error));
    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a cancelled CancellationException", "exited a");
  }

  @Test
  void complete_bodyHeedsIt_givesTheValueAndReportsNothing() {
    CompletableFuture<String> result =
        manager.useAsync((_, cancellation) -> cancellation.cancelling(body));

    try (var _ = Report.listen(reports::add)) {
      result.complete("instead");
    }

    assertThat(body).isCancelled();
    assertThat(result).isCompletedWithValue("instead");
    assertThat(reports).isEmpty();
  }

  @Test
  void completeOnTimeout_bodyFailsAfterIt_givesTheValueAndReportsTheError(VirtualTime time) {
    var error = new IOException("body");
    CompletableFuture<String> result =
        manager.<String>useAsync(_ -> body).completeOnTimeout("instead", 1, TimeUnit.MILLISECONDS);

    try (var _ = Report.listen(reports::add)) {
      time.advance(Duration.ofMillis(1));
      body.completeExceptionally(error);
    }

    assertThat(result).isCompletedWithValue("instead");
    assertThat(reports).extracting(Report::error).containsExactly(error);
  }

  @Test
  void complete_aNestedUseRuns_cancelsThat() {
    var nested = new AtomicReference<CompletableFuture<String>>();
    CompletableFuture<String> result =
        manager.useAsync(_ -> {
          nested.set(new Probe(journal, Carrier.STAGE_COMPLETE, "b").useAsync(_ -> body));
          return nested.get();
        });

    result.complete("instead");
    body.complete("ignored");

    assertThat(nested.get()).isCancelled();
    assertThat(result).isCompletedWithValue("instead");
    assertThat(journal.events())
        .endsWith(
            "exit b cancelled CancellationException",
            "exited b",
            "exit a cancelled CancellationException",
            "exited a");
  }

  @Test
  void complete_aForeignBodyCancelsItself_givesTheValue() {
    CompletableFuture<String> result = manager.useAsync(_ -> body);

    result.complete("instead");
    body.completeExceptionally(new CancellationException("of its own"));

    assertThat(result).isCompletedWithValue("instead");
  }
}
