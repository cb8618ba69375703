package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who is told that a value was lost whose context was transferred (L12). */
@ExtendWith(LeakCheck.class)
class LostValueTransferredTest {
  private final Journal journal = new Journal();
  private final IOException reason = new IOException("lease ran out");
  private final CompletableFuture<Void> lost = new CompletableFuture<>();

  @Test
  void lost_afterPopAll_isTheHeirsMatterOnly(VirtualTime time) throws Exception {
    AsyncExitStack giver = AsyncExitStack.open();
    time.await(giver.enterAsync(lease()));
    AsyncExitStack heir = giver.popAll();

    lost.completeExceptionally(reason);

    assertThat(giver.lost().toCompletableFuture()).isNotDone();
    assertThat(heir.lost().toCompletableFuture().exceptionNow()).isSameAs(reason);
    heir.succeeded();
    heir.close();
    giver.close();
    assertThat(journal.events()).containsExactly("exit lease succeeded");
  }

  @Test
  void lost_beforePopAll_isTheHeirsMatterAsWell(VirtualTime time) throws Exception {
    AsyncExitStack giver = AsyncExitStack.open();
    time.await(giver.enterAsync(lease()));
    lost.completeExceptionally(reason);

    AsyncExitStack heir = giver.popAll();

    assertThat(heir.lost().toCompletableFuture().exceptionNow()).isSameAs(reason);
    heir.succeeded();
    heir.close();
    giver.close();
    assertThat(journal.events()).containsExactly("exit lease succeeded");
  }

  @Test
  void lost_ofWhatArrivedLater_isTheStacksMatter(VirtualTime time) throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    var arriving = new CompletableFuture<Lease>();
    CompletableFuture<String> entered = stack.enterAsync(() -> arriving);
    arriving.complete(new Lease());
    assertThat(time.await(entered)).isEqualTo("lease");

    lost.completeExceptionally(reason);

    assertThat(stack.lost().toCompletableFuture().exceptionNow()).isSameAs(reason);
    stack.succeeded();
    stack.close();
    assertThat(journal.events()).containsExactly("exit lease succeeded");
  }

  private AsyncContextManager<String> lease() {
    return () -> CompletableFuture.completedFuture(new Lease());
  }

  private final class Lease implements AsyncContext<String> {
    @Override
    public String value() {
      return "lease";
    }

    @Override
    public CompletionStage<?> lost() {
      return lost;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      journal.add("exit lease " + Probe.describe(how));
      return Verdict.PROPAGATE.now();
    }
  }
}
