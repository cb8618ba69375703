package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A call with callbacks as a stage. */
@ExtendWith(LeakCheck.class)
class AsyncStageTest {
  private final AtomicReference<CompletableFuture<String>> callback = new AtomicReference<>();
  private final List<Report> reports = new ArrayList<>();

  @Test
  void stage_callbackIsCalledLater_completesSo() {
    CompletableFuture<String> stage = Async.stage(callback::set);

    assertThat(stage).isNotDone();
    callback.get().complete("value");

    assertThat(stage).isCompletedWithValue("value");
  }

  @Test
  void stage_callbackIsCalledAtOnce_isComplete() {
    CompletableFuture<String> stage = Async.stage(future -> future.complete(null));

    assertThat(stage).isCompletedWithValue(null);
  }

  @Test
  void stage_callbackFails_failsWithThat() {
    var error = new IOException("call");

    CompletableFuture<String> stage = Async.stage(future -> future.completeExceptionally(error));

    assertThat(stage.exceptionNow()).isSameAs(error);
  }

  @Test
  void stage_callThrows_failsWithThat() {
    var error = new StackOverflowError();

    CompletableFuture<String> stage =
        Async.stage(_ -> {
          throw error;
        });

    assertThat(stage.exceptionNow()).isSameAs(error);
  }

  @Test
  void stage_callThrowsAfterItsCallback_keepsTheValueAndReports() {
    var error = new IllegalStateException("call");
    CompletableFuture<String> stage;

    try (var _ = Report.listen(reports::add)) {
      stage =
          Async.stage(future -> {
            future.complete("value");
            throw error;
          });
    }

    assertThat(stage).isCompletedWithValue("value");
    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.FAILED_CALLBACK);
          assertThat(report.error()).isSameAs(error);
        });
  }

  @Test
  void stage_callbackIsCalledTwice_hearsTheFirst() {
    CompletableFuture<String> stage = Async.stage(callback::set);

    callback.get().complete("first");
    callback.get().completeExceptionally(new IOException("second"));

    assertThat(stage).isCompletedWithValue("first");
  }

  @Test
  void stage_ofNull_isRefused() {
    assertThatThrownBy(() -> Async.stage(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("begin");
  }
}
