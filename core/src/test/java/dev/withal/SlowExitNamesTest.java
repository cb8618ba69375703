package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Time;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A slow exit is reported by the name of its manager. */
@ExtendWith(LeakCheck.class)
class SlowExitNamesTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final List<Report> reports = new CopyOnWriteArrayList<>();

  /** A context whose class is somebody else's, and whose exit takes long. */
  private static final class Slow implements AsyncContext<String> {
    @Override
    public String value() {
      return "secret";
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      var exit = new CompletableFuture<Verdict>();
      Time.current().schedule(LONG, () -> exit.complete(Verdict.PROPAGATE));
      return exit;
    }
  }

  /** A manager of others as well. */
  private static final class SlowManager implements AsyncContextManager<String> {
    @Override
    public CompletionStage<AsyncContext<String>> enterAsync() {
      return CompletableFuture.completedFuture(new Slow());
    }
  }

  @OnEveryCarrier
  void slowExit_ofANamedManager_isReportedByItsName(Carrier carrier, VirtualTime time)
      throws Exception {
    var slow = new SlowManager();

    assertThat(slowExits(() -> carrier.use(time, slow.named("pool"), _ -> "")))
        .containsExactly("pool");
    assertThat(
            slowExits(() ->
                carrier.use(time, slow.suppressing(IOException.class).named("pool"), _ -> "")))
        .containsExactly("pool");
  }

  @Test
  void slowExit_onAStackInDirectStyle_isReportedByTheNameOfItsManager(VirtualTime time)
      throws Exception {
    var slow = new SlowManager();

    assertThat(
            slowExits(() ->
                AsyncExitStack.manager()
                    .use(stack -> {
                      stack.enter(slow.named("pool"));
                      return stack.enter(slow.suppressing(IOException.class).named("bath"));
                    })))
        .contains("bath", "pool");
  }

  @Test
  void slowExit_onAStackInStageStyle_isReportedByTheNameOfItsManager(VirtualTime time)
      throws Exception {
    var slow = new SlowManager();

    assertThat(
            slowExits(() -> {
              var stack = AsyncExitStack.open();
              stack.enterAsync(slow.named("pool"));
              stack.succeeded();
              CompletableFuture<Void> closed = stack.closeAsync();
              time.advance(LONG);
              return closed.join();
            }))
        .containsExactly("pool");
  }

  @Test
  void slowExit_ofAGroupsMember_isReportedByTheNameOfItsManager(VirtualTime time) throws Exception {
    var group = AsyncContextManager.all(List.of(new SlowManager().named("pool")));

    assertThat(slowExits(() -> group.use(List::size))).contains("pool");
  }

  @Test
  void slowExit_endsWhileItIsNamed_isNotReported(VirtualTime time) {
    var exit = new CompletableFuture<Verdict>();
    CompletableFuture<String> used =
        new EndsAnother(exit, exit).useAsync(CompletableFuture::completedFuture);

    try (var _ = Report.listen(reports::add)) {
      time.advance(LONG);
    }

    assertThat(used).isCompleted();
    assertThat(reports).isEmpty();
  }

  private List<String> slowExits(Callable<?> use) throws Exception {
    reports.clear();
    try (var _ = Report.listen(reports::add)) {
      use.call();
    }
    assertThat(reports).extracting(Report::kind).containsOnly(Report.Kind.SLOW_EXIT);
    return reports.stream().map(Report::context).toList();
  }
}
