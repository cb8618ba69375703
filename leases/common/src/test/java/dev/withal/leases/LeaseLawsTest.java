package dev.withal.leases;

import dev.withal.AsyncContextManager;
import dev.withal.internal.Time;
import dev.withal.leases.internal.SimulatedEngine;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The law suite on leases: grants are held. */
@ExtendWith(LeakCheck.class)
class LeaseLawsTest {
  private final AtomicInteger names = new AtomicInteger();

  /** So an exit isn't bounded, and a late one is waited for as the laws ask for it. */
  @Test
  void lease_ofAnEndlessTerm_keepsTheLaws() throws InterruptedException {
    var engine = new SimulatedEngine(Time.LONGEST.multipliedBy(4));

    ManagerLaws.of(gate -> anyOf(engine.link("a", gate, gate).leases()))
        .holding(engine::held)
        .concurrently(100)
        .check();
  }

  /** Leases are proved meanwhile; releasing them isn't a step, as exits have their own bound. */
  @Test
  void lease_thatIsProved_keepsTheLaws() throws InterruptedException {
    var engine = new SimulatedEngine();

    ManagerLaws.of(gate -> anyOf(engine.link("a", gate, SimulatedEngine.opened()).leases()))
        .holding(engine::held)
        .concurrently(100)
        .check();
  }

  /** A lease isn't reentrant, and the suite enters managers inside one another. */
  private AsyncContextManager<Lease> anyOf(Leases leases) {
    return () -> leases.lease("lease " + names.incrementAndGet()).enterAsync();
  }
}
