package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A state that fails is reported, and the use goes on (L15). */
class L15CarriedStateTest extends CarriedSteps {
  @Test
  void state_cannotBeRestored_isReportedAndTheStepRunsWithout() throws Exception {
    onRestore =
        () -> {
          throw new IllegalStateException("broken state");
        };
    var reports = Collections.synchronizedList(new ArrayList<String>());
    KEY.set("caller");
    try (var _ = Report.listen(report -> reports.add(report.error().getMessage()))) {
      CompletableFuture<String> use = later().useAsync(this::body);
      completeElsewhere(entered, "value");
      completeElsewhere(worked, "result");
      completeElsewhere(exited, Verdict.PROPAGATE);

      assertThat(use.join()).isEqualTo("result");
    }
    assertThat(events).containsExactly("enter of caller", "body of null", "exit of null");
    assertThat(reports).containsOnly("broken state").hasSize(3);
  }

  @Test
  void state_cannotBePutBack_isReportedAndTheUseGoesOn() throws Exception {
    onPutBack =
        () -> {
          throw new IllegalStateException("broken state");
        };
    assertUseGoesOn("broken state");
  }

  @Test
  void state_givesNothingThatPutsItBack_isReportedAndTheUseGoesOn() throws Exception {
    putsBack = false;
    assertUseGoesOn("restore returned null instead of what puts back");
  }

  private void assertUseGoesOn(String message) throws Exception {
    var reports = Collections.synchronizedList(new ArrayList<String>());
    try (var _ = Report.listen(report -> reports.add(report.error().getMessage()))) {
      CompletableFuture<String> use = later().useAsync(this::body);
      completeElsewhere(entered, "value");
      completeElsewhere(worked, "result");
      completeElsewhere(exited, Verdict.PROPAGATE);

      assertThat(use.join()).isEqualTo("result");
    }
    assertThat(events).containsExactly("enter of caller", "body of caller", "exit of caller");
    assertThat(reports).containsOnly(message).hasSize(3);
  }

  @Test
  void state_cannotBeCaptured_isReportedAndNobodyIsHurt() {
    onCapture =
        () -> {
          throw new LinkageError("broken state");
        };
    var reports = Collections.synchronizedList(new ArrayList<String>());
    CompletableFuture<String> use;
    try (var _ = Report.listen(report -> reports.add(report.error().getMessage()))) {
      use = AsyncContextManager.ofValue("value").useAsync(CompletableFuture::completedFuture);
    }

    assertThat(use).isCompletedWithValue("value");
    assertThat(reports).containsExactly("broken state");
  }
}
