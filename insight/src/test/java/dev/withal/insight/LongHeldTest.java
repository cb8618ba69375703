package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Report;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is held for longer than somebody wants. */
class LongHeldTest {
  private final Traced traced = new Traced();

  @AfterEach
  void close() {
    traced.close();
  }

  @Test
  void use_inStageStyle_isReportedOnceWithItsLineAndRequest() {
    traced.longHeld.limit(null, Duration.ofSeconds(10));
    var body = new CompletableFuture<String>();
    CompletableFuture<String> use =
        Traced.manager("orders db").grace(Duration.ofDays(1)).useAsync(_ -> body);
    traced.pass(9_000);
    traced.look();
    use.completeExceptionally(new TimeoutException("timed out after PT9S"));
    assertThat(traced.reported(Report.Kind.LONG_HELD)).isEmpty();

    traced.pass(3_000);
    traced.look();
    traced.look();

    assertThat(traced.reported(Report.Kind.LONG_HELD))
        .containsExactly(
            "orders db: it is held for 12.0 s, and in body since 12.0 s; entered at"
                + " use_inStageStyle_isReportedOnceWithItsLineAndRequest(LongHeldTest), from "
                + Thread.currentThread().getName()
                + "; asked to end 3.0 s ago: timed out after PT9S");
    assertThat(traced.reports.getLast().error()).as("no thread holds it").isNull();
    body.complete("done");
  }

  @Test
  void use_inDirectStyle_isReportedWithTheStackOfItsThread() throws Exception {
    traced.longHeld.limit(null, Duration.ofSeconds(1));
    Traced.manager("orders db")
        .run(_ -> {
          traced.pass(1_000);
          traced.look();
        });

    Throwable where = Objects.requireNonNull(traced.reports.getLast().error());
    assertThat(where).hasMessageContaining("is here");
    assertThat(Arrays.stream(where.getStackTrace()).map(StackTraceElement::getMethodName))
        .contains("use_inDirectStyle_isReportedWithTheStackOfItsThread");
  }

  @Test
  void manager_hasALimitOfItsOwn_isReportedByThat() throws Exception {
    traced.longHeld.limit(null, Duration.ofSeconds(1));
    traced.longHeld.limit("nightly", Duration.ZERO);
    traced.longHeld.limit("lock", Duration.ofMillis(100));
    Traced.manager("nightly")
        .run(_ ->
            Traced.manager("lock")
                .run(_ -> {
                  traced.pass(200);
                  traced.look();
                  assertThat(traced.reports).extracting(Report::context).containsExactly("lock");
                  traced.pass(2_000);
                  traced.look();
                }));

    assertThat(traced.reports).extracting(Report::context).containsExactly("lock");
  }

  @Test
  void use_endsWhileOthersAreLookedAt_isNotReported() {
    traced.longHeld.limit(null, Duration.ofSeconds(1));
    traced.longHeld.limit("nightly", Duration.ZERO);
    var ending = new CompletableFuture<String>();
    var body = new CompletableFuture<String>();
    Traced.manager("nightly").useAsync(_ -> ending);
    Traced.manager("orders").useAsync(_ -> ending);
    new Naming(ending).useAsync(_ -> body);
    traced.pass(2_000);

    traced.look();

    assertThat(traced.reports).extracting(Report::context).containsExactly("naming");
    body.complete("done");
  }

  @Test
  void limit_isNegative_isRefused() {
    assertThatThrownBy(() -> Insight.warnAfter(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the limit is less than zero: PT-1S");
  }
}
