package dev.withal.leases.postgresql;

import dev.withal.Async;
import dev.withal.leases.Lease;
import dev.withal.leases.LeaseLostException;
import dev.withal.leases.internal.Clock;
import dev.withal.leases.internal.Clock.Moment;
import dev.withal.leases.internal.Engine;
import dev.withal.leases.internal.Grant;
import dev.withal.leases.internal.HeldLease;
import dev.withal.leases.internal.Term;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Leases as rows of a table, which are taken by those that come and ask again and again.
 *
 * <p>Design: a name may be longer than an index takes, so the key of a row is the name's SHA-256.
 * Where taking a lease fails, the server may have granted it all the same: it is given back by the
 * taker's own mark then. Few takers use the database at the same time, and few of those that give
 * leases back, so that the proofs of leases that are held don't wait for a connection behind a
 * crowd of them.
 */
final class RowEngine implements Engine {
  /** Between two questions whether a lease is free; half of it is random. */
  private static final long ASKS_AFTER_NANOS = Duration.ofMillis(80).toNanos();

  private static final Duration SHORTEST = Duration.ofMillis(200);

  /** How many takers use the database at the same time. */
  private static final int TAKERS = 3;

  private final Rows rows;
  private final Semaphore takers = new Semaphore(TAKERS, true);
  private final Term term;
  private final Turns turns = new Turns();
  private final Returns returns;

  RowEngine(Rows rows, Duration timeout) {
    if (timeout.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "the timeout of leases must be at least " + SHORTEST + ", but is " + timeout);
    }
    this.rows = rows;
    this.term = new Term(this, timeout);
    this.returns =
        new Returns(grants ->
            rows.update(Sql.FREE, List.of(keys(grants), tokens(grants), holders(grants))));
  }

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public Clock clock() {
    return Clock.SYSTEM;
  }

  @Override
  public Grant acquire(String name) throws Exception {
    String key = key(name);
    String holder = UUID.randomUUID().toString();
    turns.await(key);
    try {
      Grant grant =
          oneOfFew(() -> {
            makeRow(name, key);
            return take(name, key, holder);
          });
      while (grant == null) {
        Async.sleep(pause());
        grant = oneOfFew(() -> take(name, key, holder));
      }
      return grant;
    } finally {
      turns.end(key);
    }
  }

  private <T extends @Nullable Object> T oneOfFew(Callable<T> asking) throws Exception {
    takers.acquire();
    try {
      return asking.call();
    } finally {
      takers.release();
    }
  }

  /** Inserts the lease's row, unless there is one; creates the table if it is missing. */
  private void makeRow(String name, String key) throws Exception {
    try {
      rows.update(Sql.ROW, List.of(key, name));
    } catch (Exception failure) {
      if (!rows.isNoTable(failure)) {
        throw failure;
      }
      createTable(failure);
      rows.update(Sql.ROW, List.of(key, name));
    }
  }

  /** Somebody else may be doing the same: PostgreSQL then fails one of them. */
  private void createTable(Exception missing) throws Exception {
    try {
      rows.update(Sql.TABLE, List.of());
    } catch (Exception failure) {
      try {
        rows.query(Sql.FENCE, List.of("", 0L, ""), Long.class);
      } catch (Exception still) {
        failure.addSuppressed(missing);
        throw failure;
      }
    }
  }

  /** {@return the lease, which counts from when it was asked for; null if somebody else has it} */
  private @Nullable Grant take(String name, String key, String holder) throws Exception {
    Moment sent = clock().now();
    try {
      List<Long> token =
          rows.query(Sql.TAKE, List.of(holder, term.timeout().toMillis(), key), Long.class);
      return token.isEmpty() ? null : new Grant(name, holder, token.getFirst(), term, sent);
    } catch (Exception failure) {
      giveBackUnheard(key, holder, failure);
      throw failure;
    }
  }

  /** The caller may have been interrupted, which isn't meant for this. */
  private void giveBackUnheard(String key, String holder, Exception failure) {
    boolean interrupted = Thread.interrupted();
    try {
      Async.runWithin(
          term.timeout().dividedBy(4), () -> rows.update(Sql.FREE_UNHEARD, List.of(key, holder)));
    } catch (InterruptedException again) {
      interrupted = true;
      failure.addSuppressed(again);
    } catch (Exception unreachable) {
      failure.addSuppressed(unreachable);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Duration pause() {
    long half = ASKS_AFTER_NANOS / 2;
    return Duration.ofNanos(half + ThreadLocalRandom.current().nextLong(half));
  }

  @Override
  public Set<Grant> prove(List<Grant> grants) throws Exception {
    var kept =
        new HashSet<>(
            rows.query(
                Sql.KEEP,
                List.of(keys(grants), tokens(grants), holders(grants), term.timeout().toMillis()),
                String.class));
    return grants.stream()
        .filter(grant -> kept.contains(grant.place()))
        .collect(Collectors.toSet());
  }

  @Override
  public void release(Grant grant) throws Exception {
    returns.release(grant);
  }

  private static String[] keys(List<Grant> grants) {
    return grants.stream().map(grant -> key(grant.name())).toArray(String[]::new);
  }

  /** {@return the holders' marks, which are the places of their grants} */
  private static String[] holders(List<Grant> grants) {
    return grants.stream().map(Grant::place).toArray(String[]::new);
  }

  private static Long[] tokens(List<Grant> grants) {
    return grants.stream().map(Grant::token).toArray(Long[]::new);
  }

  private static String key(String name) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
    }
  }

  /** {@return a lease of this module; refuses others} */
  static HeldLease ours(Lease lease) {
    if (lease instanceof HeldLease held && held.grant().term().id() instanceof RowEngine) {
      return held;
    }
    throw new IllegalArgumentException(
        "this lease isn't kept in PostgreSQL, so no transaction can be fenced by it: use one of"
            + " JdbcLeases or R2dbcLeases");
  }

  /** {@return the parameters of the fence} Refuses at once if the lease is known to be lost. */
  static List<?> fenceParameters(HeldLease lease) {
    return List.of(key(lease.name()), lease.token(), lease.grant().place());
  }

  /** Refuses a transaction whose fence has found nothing. */
  static void requireFenced(HeldLease lease, List<Long> found) {
    if (found.isEmpty()) {
      lease.lose("its time was over at the fence of a transaction, of which nothing is committed");
      throw new LeaseLostException(
          "lease "
              + lease.name()
              + " is lost, as the fence of a transaction has found: nothing is committed",
          null);
    }
  }
}
