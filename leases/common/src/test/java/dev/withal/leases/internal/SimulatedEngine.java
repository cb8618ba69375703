package dev.withal.leases.internal;

import dev.withal.Async;
import dev.withal.internal.Time;
import dev.withal.leases.Leases;
import dev.withal.leases.internal.Clock.Moment;
import dev.withal.testkit.Gate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine in this process, whose clock is the test's virtual time. Clients see it through a
 * {@link Link}, which may fail, be slow, or have clocks of its own.
 */
public final class SimulatedEngine {
  public static final Duration TIMEOUT = Duration.ofSeconds(12);

  private final Duration timeout;
  private final Map<String, Row> rows = new ConcurrentHashMap<>();
  private final Map<String, Queue<Object>> queues = new ConcurrentHashMap<>();

  /** An engine whose leases have the usual timeout. */
  public SimulatedEngine() {
    this(TIMEOUT);
  }

  /** An engine whose leases have a timeout. */
  public SimulatedEngine(Duration timeout) {
    this.timeout = timeout;
  }

  private final class Row {
    private long token;
    private Instant until = Instant.MIN;

    synchronized boolean isHeld() {
      return until.isAfter(Time.current().now());
    }

    /** {@return the token of a new grant; 0 if somebody holds it} */
    synchronized long take() {
      if (until.isAfter(Time.current().now())) {
        return 0;
      }
      until = Time.current().now().plus(timeout);
      return ++token;
    }

    synchronized boolean keep(long held) {
      boolean good = token == held && until.isAfter(Time.current().now());
      until = good ? Time.current().now().plus(timeout) : until;
      return good;
    }

    synchronized boolean give(long held) {
      boolean good = token == held && until.isAfter(Time.current().now());
      until = good ? Instant.MIN : until;
      return good;
    }
  }

  /** How one machine sees the engine. */
  public final class Link implements Engine {
    private final String machine;
    private final Gate acquiring;
    private final Gate releasing;
    public volatile boolean cut;
    public volatile boolean silent;
    public volatile Duration answersAfter = Duration.ZERO;
    public volatile boolean answersSurely;
    public volatile Duration wallIsAhead = Duration.ZERO;
    public volatile double rate = 1;

    /** Called before each reading of the clock. */
    public volatile Runnable reading = () -> {};

    private final AtomicInteger proofs = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();

    Link(String machine, Gate acquiring, Gate releasing) {
      this.machine = machine;
      this.acquiring = acquiring;
      this.releasing = releasing;
    }

    /** {@return how often it was asked to prove leases} */
    public int proofs() {
      return proofs.get();
    }

    /** {@return how many leases were given back by it, and not by the passing of time} */
    public int released() {
      return released.get();
    }

    public Leases leases() {
      return new EngineLeases(this);
    }

    @Override
    public String name() {
      return "the engine, seen from " + machine;
    }

    @Override
    public Clock clock() {
      return () -> {
        reading.run();
        long real = Time.current().nanos();
        return new Moment((long) (real * rate), Instant.EPOCH.plusNanos(real).plus(wallIsAhead));
      };
    }

    @Override
    public Grant acquire(String name) throws Exception {
      Async.await(acquiring.step("acquire"));
      var place = new Object();
      queue(name).add(place);
      try {
        while (true) {
          Moment sent = clock().now();
          reach();
          long token = queue(name).peek() == place ? row(name).take() : 0;
          if (token > 0) {
            answer();
            return new Grant(name, name + "/" + token, token, new Term(machine, timeout), sent);
          }
          Async.sleep(Duration.ofMillis(10));
        }
      } finally {
        queue(name).remove(place);
      }
    }

    @Override
    public Set<Grant> prove(List<Grant> grants) throws Exception {
      proofs.incrementAndGet();
      reach();
      var held = new HashSet<Grant>();
      for (Grant grant : grants) {
        if (row(grant.name()).keep(grant.token())) {
          held.add(grant);
        }
      }
      Async.sleep(answersAfter);
      return held;
    }

    @Override
    public void release(Grant grant) throws Exception {
      reach();
      try {
        Async.await(releasing.step("release"));
      } finally {
        if (row(grant.name()).give(grant.token())) {
          released.incrementAndGet();
        }
      }
    }

    /** A driver that can't be interrupted answers all the same. */
    private void answer() throws InterruptedException {
      if (answersSurely) {
        Async.<Void, RuntimeException>await(Async.sleepAsync(answersAfter), () -> {});
      } else {
        Async.sleep(answersAfter);
      }
    }

    private void reach() throws Exception {
      if (silent) {
        Async.await(new CompletableFuture<>());
      }
      if (cut) {
        throw new IllegalStateException("out of reach");
      }
    }
  }

  public Link link(String machine) {
    return link(machine, opened(), opened());
  }

  /** {@return a link whose steps wait at gates} */
  public Link link(String machine, Gate acquiring, Gate releasing) {
    return new Link(machine, acquiring, releasing);
  }

  /** {@return a gate at which nothing waits} */
  public static Gate opened() {
    var open = new Gate();
    open.open();
    return open;
  }

  /** {@return how many leases are held} */
  public int held() {
    return (int) rows.values().stream().filter(Row::isHeld).count();
  }

  /** Takes a lease away from whoever has it. */
  public void takeAway(String name) {
    row(name).give(row(name).token);
  }

  private Row row(String name) {
    return rows.computeIfAbsent(name, ignored -> new Row());
  }

  public int waiting(String name) {
    return queue(name).size();
  }

  private Queue<Object> queue(String name) {
    return queues.computeIfAbsent(name, ignored -> new ConcurrentLinkedQueue<>());
  }
}
