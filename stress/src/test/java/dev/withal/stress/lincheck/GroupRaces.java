package dev.withal.stress.lincheck;

import dev.withal.AsyncContextManager;
import dev.withal.Report;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** The enters of a group arrive and fail, while its use may be asked to end. */
public class GroupRaces {
  /** What was reported in this run. */
  static final List<Report> REPORTS = new CopyOnWriteArrayList<>();

  private static final class Member {
    final CompletableFuture<String> enter = new CompletableFuture<>();
    final AtomicInteger exits = new AtomicInteger();
    final IllegalStateException refusal;

    Member(String name) {
      refusal = new IllegalStateException("refused by " + name);
    }

    AsyncContextManager<String> manager() {
      return AsyncContextManager.of(
          () -> enter,
          (_, _) -> {
            exits.incrementAndGet();
            return Verdict.PROPAGATE.now();
          });
    }
  }

  private final HandTime time = HandTime.install();
  private final Member one = new Member("one");
  private final Member other = new Member("other");
  private final CompletableFuture<String> use =
      AsyncContextManager.all(List.of(one.manager(), other.manager()))
          .useAsync(_ -> CompletableFuture.completedFuture("result"));

  /** A use of two members. */
  public GroupRaces() {
    REPORTS.clear();
  }

  @Operation(runOnce = true)
  public void arriveOne() {
    one.enter.complete("one");
  }

  @Operation(runOnce = true)
  public void refuseOne() {
    one.enter.completeExceptionally(one.refusal);
  }

  @Operation(runOnce = true)
  public void arriveOther() {
    other.enter.complete("other");
  }

  @Operation(runOnce = true)
  public void refuseOther() {
    other.enter.completeExceptionally(other.refusal);
  }

  @Operation(runOnce = true)
  public void cancel() {
    use.cancel(true);
  }

  /** The grace period is over. */
  @Operation
  public void expire() {
    time.fire(Duration.ofSeconds(1));
  }

  /** What holds once everything has ended. */
  @Validate
  public void check() {
    arriveOne();
    arriveOther();
    Law.equal("L2: the use has ended", use.isDone(), true);
    Throwable error = use.handle((_, failure) -> failure).join();
    for (Member member : List.of(one, other)) {
      boolean refused = member.enter.isCompletedExceptionally();
      Law.equal("L1: exits", member.exits.get(), refused ? 0 : 1);
      if (refused) {
        Law.equal("L5: " + member.refusal + " is told", isTold(error, member.refusal), true);
      }
    }
    Law.equal("timers left over", time.timers(), 0);
  }

  private static boolean isTold(Throwable thrown, Throwable error) {
    return carries(thrown, error)
        || REPORTS.stream().anyMatch(report -> carries(report.error(), error));
  }

  private static boolean carries(Throwable from, Throwable error) {
    return from == error
        || (from != null
            && Stream.concat(Stream.ofNullable(from.getCause()), Stream.of(from.getSuppressed()))
                .anyMatch(next -> carries(next, error)));
  }
}
