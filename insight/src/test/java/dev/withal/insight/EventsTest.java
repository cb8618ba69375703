package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Verdict;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Flight Recorder records. */
class EventsTest {
  @TempDir private Path folder;
  private final Traced traced = new Traced();

  @AfterEach
  void close() {
    traced.close();
  }

  @Test
  void use_ends_isOneEventWithItsStepsAndParent() throws Exception {
    List<RecordedEvent> events =
        record(
            "dev.withal.Use",
            () -> {
              Traced.manager("outer").run(_ -> Traced.manager("inner").run(_ -> {}));
              CompletableFuture<String> failing =
                  Traced.manager("failing")
                      .useAsync(_ -> CompletableFuture.failedFuture(new IOException("no")));
              assertThat(failing).isCompletedExceptionally();
              CompletableFuture<String> cancelled =
                  Traced.manager("cancelled")
                      .grace(Duration.ZERO)
                      .useAsync(_ -> new CompletableFuture<>());
              cancelled.cancel(true);
              cancelled.handle((_, _) -> "ended").join();
            });

    assertThat(events)
        .extracting(event -> event.getString("manager") + " " + event.getString("outcome"))
        .containsExactlyInAnyOrder(
            "inner succeeded", "outer succeeded", "failing failed", "cancelled cancelled");
    RecordedEvent inner = event(events, "inner");
    RecordedEvent outer = event(events, "outer");
    assertThat(inner.getLong("parent")).isEqualTo(outer.getLong("id")).isPositive();
    assertThat(inner.getString("where")).contains("use_ends_isOneEventWithItsStepsAndParent");
    assertThat(
            inner
                .getDuration("enter")
                .plus(inner.getDuration("body"))
                .plus(inner.getDuration("exit")))
        .isPositive()
        .isLessThan(Duration.ofMinutes(1));
    assertThat(inner.getThread("enteredOn").getJavaName())
        .isEqualTo(Thread.currentThread().getName());
    assertThat(event(events, "failing").getString("error")).isEqualTo(IOException.class.getName());
  }

  @Test
  void held_isEmittedForEachChunk() throws Exception {
    List<RecordedEvent> events =
        record(
            "dev.withal.Held",
            () -> {
              Traced.manager("orders db").useAsync(_ -> KEPT);
              traced.pass(2_000);
            });

    RecordedEvent last = events.getLast();
    assertThat(last.getString("manager")).isEqualTo("orders db");
    assertThat(last.getString("phase")).isEqualTo("body");
    assertThat(last.getDuration("age")).isEqualTo(Duration.ofSeconds(2));
    KEPT.complete("done");
  }

  @Test
  void context_endsWhileOthersAreEmitted_isNotEmitted() throws Exception {
    var ending = new CompletableFuture<String>();
    var body = new CompletableFuture<String>();
    List<RecordedEvent> events =
        record(
            "dev.withal.Held",
            () -> {
              new Naming(ending).useAsync(_ -> body);
              traced.pass(5);
              Traced.manager("orders").useAsync(_ -> ending);
            });

    assertThat(ending).isCompleted();
    assertThat(events).extracting(event -> event.getString("manager")).containsOnly("naming");
    body.complete("done");
  }

  private static final CompletableFuture<String> KEPT = new CompletableFuture<>();

  @Test
  void report_isAnEvent() throws Exception {
    List<RecordedEvent> events =
        record(
            "dev.withal.Report",
            () -> {
              var exit = new CompletableFuture<Verdict>();
              CompletableFuture<String> use =
                  Traced.exiting("file", exit)
                      .exitTimeout(Duration.ofMillis(1))
                      .useAsync(CompletableFuture::completedFuture);
              use.handle((_, _) -> "ended").join();
            });

    assertThat(events).hasSize(1);
    assertThat(events.getFirst().getString("kind")).isEqualTo("ABANDONED_EXIT");
    assertThat(events.getFirst().getString("manager")).isEqualTo("file");
  }

  @Test
  void settings_comeWithTheModule() throws Exception {
    try (var in =
        new InputStreamReader(
            Objects.requireNonNull(Insight.class.getResourceAsStream("withal.jfc")),
            java.nio.charset.StandardCharsets.UTF_8)) {
      assertThat(Configuration.create(in).getSettings())
          .containsEntry("dev.withal.Use#threshold", "10 ms")
          .containsEntry("dev.withal.Held#period", "everyChunk")
          .containsEntry("dev.withal.Leak#enabled", "true")
          .containsEntry("dev.withal.Report#enabled", "true");
    }
  }

  private static RecordedEvent event(List<RecordedEvent> events, String manager) {
    return events.stream()
        .filter(event -> event.getString("manager").equals(manager))
        .findFirst()
        .orElseThrow();
  }

  /** Does something, as code that may block. */
  private interface Step {
    void run() throws InterruptedException, ExecutionException;
  }

  private List<RecordedEvent> record(String name, Step step) throws Exception {
    Path file = folder.resolve("recording.jfr");
    try (var recording = new Recording()) {
      recording.enable(name).withThreshold(Duration.ZERO);
      recording.start();
      step.run();
      recording.stop();
      recording.dump(file);
    }
    try {
      return RecordingFile.readAllEvents(file).stream()
          .filter(event -> event.getEventType().getName().equals(name))
          .toList();
    } finally {
      Files.delete(file);
    }
  }
}
