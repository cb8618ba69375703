package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** T6: under supervision a failure asks nobody to end, and all failures are told. */
@ExtendWith(LeakCheck.class)
class T6SuperviseTest {
  private final Jobs jobs = new Jobs();

  @ParameterizedTest
  @EnumSource
  void failures_areAllToldAtTheEnd(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            style.run(
                Tasks.supervise(),
                time,
                (group, _) -> {
                  style.failing(group, jobs, "b", 20);
                  style.failing(group, jobs, "a", 10);
                  style.job(group, jobs, "c", 50);
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a");
    assertThat(thrown.getSuppressed()).extracting(Throwable::getMessage).containsExactly("b");
    assertThat(jobs.journal.events()).containsExactly("a fails", "b fails", "c done", "c ended");
  }

  @Test
  void body_isNotInterrupted(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.supervise()
                .run(group -> {
                  group.fork(jobs.failing("a", 10));
                  Style.pause(100);
                  jobs.journal.add("body done");
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a");
    assertThat(jobs.journal.events()).containsExactly("a fails", "body done");
  }

  @ParameterizedTest
  @EnumSource
  void bodyFails_endsAll(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            style.run(
                Tasks.supervise(),
                time,
                (group, _) -> {
                  style.job(group, jobs, "a", 5_000);
                  time.settle();
                  throw new IOException("body");
                }));

    assertThat(thrown).hasMessage("body");
    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended");
  }
}
