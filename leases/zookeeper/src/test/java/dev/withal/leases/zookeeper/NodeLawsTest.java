package dev.withal.leases.zookeeper;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.leases.Lease;
import dev.withal.leases.Leases;
import dev.withal.leases.internal.Clock;
import dev.withal.leases.internal.Engine;
import dev.withal.leases.internal.EngineLeases;
import dev.withal.leases.internal.Grant;
import dev.withal.testkit.Gate;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The law suite on leases in ZooKeeper: granted nodes are held. */
@ExtendWith(LeakCheck.class)
class NodeLawsTest {
  private final Set<Grant> held = ConcurrentHashMap.newKeySet();
  private final AtomicInteger names = new AtomicInteger();

  @Test
  @Tag("stress")
  @Timeout(300)
  void lease_keepsTheLaws() throws InterruptedException {
    try (CuratorFramework client = Ensemble.patientClient()) {
      ManagerLaws.of(gate -> anyOf(new EngineLeases(new Gated(gate, new NodeEngine(client)))))
          .holding(held::size)
          .concurrently(20)
          .inRealTime()
          .check();
    }
  }

  /** A lease isn't reentrant, and the suite enters managers inside one another. */
  private AsyncContextManager<Lease> anyOf(Leases leases) {
    return () -> leases.lease("laws " + names.incrementAndGet()).enterAsync();
  }

  /** Acquiring and releasing wait at a gate; releasing has its effect also if that fails. */
  private final class Gated implements Engine {
    private final Gate gate;
    private final Engine engine;

    Gated(Gate gate, Engine engine) {
      this.gate = gate;
      this.engine = engine;
    }

    @Override
    public String name() {
      return engine.name();
    }

    @Override
    public Clock clock() {
      return engine.clock();
    }

    @Override
    public Grant acquire(String name) throws Exception {
      Async.await(gate.step("acquire"));
      Grant grant = engine.acquire(name);
      held.add(grant);
      return grant;
    }

    @Override
    public Set<Grant> prove(List<Grant> grants) throws Exception {
      return engine.prove(grants);
    }

    @Override
    public void release(Grant grant) throws Exception {
      try {
        Async.await(gate.step("release"));
      } finally {
        engine.release(grant);
        held.remove(grant);
      }
    }
  }
}
