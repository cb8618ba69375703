package dev.withal.leases;

import static dev.withal.leases.internal.SimulatedEngine.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.leases.internal.SimulatedEngine;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** G2: tokens of a name strictly increase in the order of the grants. */
@ExtendWith(LeakCheck.class)
class G2TokensTest {
  private final SimulatedEngine engine = new SimulatedEngine();

  @Test
  void grants_ofOneName_haveIncreasingTokens(VirtualTime time) throws Exception {
    List<Long> tokens = Collections.synchronizedList(new ArrayList<>());
    var machines = new ArrayList<Thread>();
    for (int i = 0; i < 10; i++) {
      Leases leases = engine.link("machine " + i).leases();
      machines.add(time.start(() -> take(leases, tokens)));
    }
    time.advance(TIMEOUT);

    for (Thread machine : machines) {
      machine.join();
    }
    assertThat(tokens).hasSize(10).isSorted().doesNotHaveDuplicates();
  }

  private static void take(Leases leases, List<Long> tokens) {
    try {
      leases.lease("nightly").run(lease -> tokens.add(lease.token()));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void token_afterTheExit_isRefused(VirtualTime time) throws Exception {
    Lease kept = engine.link("a").leases().lease("nightly").use(lease -> lease);

    assertThatThrownBy(kept::token)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has been given back");
    assertThat(kept.remaining()).isZero();
  }

  @Test
  void token_onceRefused_isRefusedForEver(VirtualTime time) {
    SimulatedEngine.Link link = engine.link("a");

    assertThatThrownBy(() ->
            link.leases()
                .lease("nightly")
                .run(lease -> {
                  link.cut = true;
                  try {
                    Async.sleep(TIMEOUT);
                  } catch (InterruptedException told) {
                    link.cut = false;
                  }
                  assertThatThrownBy(lease::token).isInstanceOf(LeaseLostException.class);
                  assertThat(lease.remaining()).isZero();
                }))
        .isInstanceOf(LeaseLostException.class)
        .hasMessage(
            "lease nightly is lost: the engine, seen from a hasn't confirmed it for two thirds of"
                + " its timeout of PT12S; somebody else may get it")
        .hasRootCauseMessage("out of reach");
  }
}
