package dev.withal.leases;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.leases.internal.SimulatedEngine;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The code of the guide's page on leases. */
@ExtendWith(LeakCheck.class)
class LeasesGuideTest {
  private final Leases leases = new SimulatedEngine().link("a").leases();
  private final Store store = new Store();

  /** Keeps the largest token, and refuses smaller ones. */
  private static final class Store {
    private final List<String> rows = new ArrayList<>();
    private long largest;

    void write(String row, long token) {
      if (token < largest) {
        throw new IllegalArgumentException("written by a later holder already");
      }
      largest = token;
      rows.add(row);
    }
  }

  @Test
  void lease_isHeldByTheBody(VirtualTime time) throws Exception {
    // @start region="lease"
    leases
        .lease("nightly")
        .enterTimeout(Duration.ofSeconds(5))
        .run(lease -> {
          store.write("report", lease.token()); // refuses once the lease can't be relied on
        });
    // @end

    assertThat(store.rows).containsExactly("report");
  }

  @Test
  void leader_leads(VirtualTime time) throws Exception {
    // @start region="leading"
    leases.whileLeading("scheduler", lease -> store.write("scheduled", lease.token()));
    // @end

    assertThat(store.rows).containsExactly("scheduled");
  }
}
