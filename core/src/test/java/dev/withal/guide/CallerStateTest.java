package dev.withal.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.CallerState;
import dev.withal.ContextManager;
import dev.withal.testkit.LeakCheck;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the guide says on what a caller's thread carries. */
@ExtendWith(LeakCheck.class)
class CallerStateTest {
  private final Lock orders = new Lock();

  @AfterEach
  void forget() {
    Tenant.CURRENT.remove();
  }

  /** A lock whose log names the tenant. */
  private static final class Lock {
    private final StringBuilder log = new StringBuilder();

    ContextManager<String> held() {
      return ContextManager.of(
          () -> {
            log.append("locked for ").append(Tenant.CURRENT.get()).append("; ");
            return "orders";
          },
          (_, how) -> {
            log.append("unlocked for ").append(Tenant.CURRENT.get());
            return dev.withal.Verdict.PROPAGATE;
          });
    }
  }

  // @start region="state"
  /** The tenant on whose behalf a thread works. */
  public static final class Tenant implements CallerState {
    static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

    @Override
    public @Nullable Snapshot capture() {
      String tenant = CURRENT.get();
      return tenant == null ? null : () -> become(tenant);
    }

    private static Runnable become(String tenant) {
      String before = CURRENT.get();
      CURRENT.set(tenant);
      return () -> CURRENT.set(before);
    }
  }

  // @end

  @Test
  void use_onOtherThreads_carriesTheTenant() throws Exception {
    // @start region="follows"
    Tenant.CURRENT.set("ada");
    AsyncContextManager<String> lock = orders.held().async();
    CompletableFuture<String> served =
        lock.useAsync(_ -> Async.callAsync(() -> "served for " + Tenant.CURRENT.get()));
    // @end

    assertThat(Async.<String, Exception>await(served)).isEqualTo("served for ada");
    assertThat(orders.log).hasToString("locked for ada; unlocked for ada");
  }

  @Test
  void carrying_onAnExecutorOfOnesOwn_carriesTheTenant() throws Exception {
    var seen = new CompletableFuture<String>();
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      // @start region="carrying"
      Tenant.CURRENT.set("ada");
      executor.execute(Async.carrying(() -> seen.complete(Tenant.CURRENT.get())));
      // @end
    }

    assertThat(seen).isCompletedWithValue("ada");
  }
}
