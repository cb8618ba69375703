package dev.withal;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;

/** A synchronous manager whose value is lost when a stage fails. */
@ExtendWith(LeakCheck.class)
abstract class SynchronousLease {
  static final Duration SECOND = Duration.ofSeconds(1);
  static final Duration LONG = Duration.ofHours(1);

  /** A value that is lost when a stage fails. */
  final class Lease implements ContextManager<String> {
    private final @Nullable RuntimeException failure;
    private final Verdict verdict;

    Lease(@Nullable RuntimeException failure, Verdict verdict) {
      this.failure = failure;
      this.verdict = verdict;
    }

    @Override
    public Context<String> enter() {
      return new Context<>() {
        @Override
        public String value() {
          return "value";
        }

        @Override
        public CompletionStage<?> lost() {
          if (failure != null) {
            throw failure;
          }
          return lost;
        }

        @Override
        public Verdict exit(ExitCase how) {
          journal.add("exit " + Probe.describe(how));
          return verdict;
        }
      };
    }

    @Override
    public String toString() {
      return "lease";
    }
  }

  final Journal journal = new Journal();
  final IOException reason = new IOException("lease ran out");
  final CompletableFuture<Void> lost = new CompletableFuture<>();
  final Lease lease = new Lease(null, Verdict.PROPAGATE);
}
