package dev.withal.jdbc;

import dev.withal.database.Bounds;
import dev.withal.database.internal.Places;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * How large a pool is, how long it is waited for, how old its connections get, and where the driver
 * is called.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * @param size how many connections there are at most; 10 by default
 * @param maxWaiting how many may wait for one at the same time; 10,000 by default
 * @param enterTimeout how long an enter may take: until one is free, and is found valid or opened,
 *     for which there are 250 ms in any case; 30 s by default
 * @param validation when a connection is looked at before it is handed out; {@code AFTER_IDLE} by
 *     default
 * @param maxIdleTime how long a connection is kept that nobody uses; 30 min by default
 * @param maxLifeTime how long one is kept at all; 24 h by default
 * @param executor where the driver is called, which blocks; by default on virtual threads that the
 *     pool keeps, one for each connection
 * @param bounds how long the database may keep a caller waiting
 * @param reset when a session is put back as it was opened, before another body has it; {@code
 *     IF_TOUCHED} by default
 */
public record PoolSettings(
    int size,
    int maxWaiting,
    Duration enterTimeout,
    Validation validation,
    Duration maxIdleTime,
    Duration maxLifeTime,
    Executor executor,
    Bounds bounds,
    Reset reset) {

  /** When the server is asked whether a connection still works. */
  public enum Validation {
    /** If nobody has used the connection for half a second. */
    AFTER_IDLE,
    /** Each time, which costs a round trip. */
    ALWAYS
  }

  /**
   * When a session is put back as it was opened: by {@code discard all} on PostgreSQL; a database
   * that has nothing like it has the connection closed instead. What is set by methods of JDBC is
   * put back in any case.
   */
  public enum Reset {
    /** Not at all. */
    NEVER,
    /**
     * If a body has run SQL that may have left something in the session: a {@code set}, a temporary
     * table, a lock, a call of a function that isn't known to leave nothing. What a trigger or a
     * rule leaves isn't seen.
     */
    IF_TOUCHED,
    /** Each time, which costs two round trips. */
    ALWAYS
  }

  private static final Duration SHORTEST_IDLE_TIME = Duration.ofSeconds(10);
  private static final Duration SHORTEST_LIFE_TIME = Duration.ofSeconds(30);

  /** What a pool has that is told nothing else. */
  public static final PoolSettings DEFAULT =
      new PoolSettings(
          10,
          10_000,
          Duration.ofSeconds(30),
          Validation.AFTER_IDLE,
          Duration.ofMinutes(30),
          Duration.ofHours(24),
          VirtualThreads.EACH,
          Bounds.DEFAULT,
          Reset.IF_TOUCHED);

  /**
   * Refuses what makes no pool.
   *
   * @throws IllegalArgumentException if the size is less than 1, {@code maxWaiting} is negative,
   *     {@code enterTimeout} isn't positive, {@code maxIdleTime} is shorter than 10 s, or {@code
   *     maxLifeTime} is shorter than 30 s or not a second longer than {@code maxIdleTime}
   */
  public PoolSettings {
    if (size < 1) {
      throw new IllegalArgumentException("size must be at least 1, but is " + size);
    }
    if (maxWaiting < 0) {
      throw new IllegalArgumentException("maxWaiting must be 0 or more, but is " + maxWaiting);
    }
    if (!Objects.requireNonNull(enterTimeout, "enterTimeout").isPositive()) {
      throw new IllegalArgumentException("enterTimeout must be positive, but is " + enterTimeout);
    }
    Objects.requireNonNull(validation, "validation");
    requireAtLeast(SHORTEST_IDLE_TIME, maxIdleTime, "maxIdleTime");
    requireAtLeast(SHORTEST_LIFE_TIME, maxLifeTime, "maxLifeTime");
    requireAtLeast(maxIdleTime.plusSeconds(1), maxLifeTime, "maxLifeTime");
    Objects.requireNonNull(executor, "executor");
    Objects.requireNonNull(bounds, "bounds");
    Objects.requireNonNull(reset, "reset");
  }

  private static void requireAtLeast(Duration least, Duration given, String name) {
    if (Objects.requireNonNull(given, name).compareTo(least) < 0) {
      throw new IllegalArgumentException(
          name + " must be at least " + least + " here, but is " + given);
    }
  }

  /**
   * {@return the default settings with another size}
   *
   * @param size how many connections there are at most
   */
  public static PoolSettings ofSize(int size) {
    return new PoolSettings(
        size,
        DEFAULT.maxWaiting,
        DEFAULT.enterTimeout,
        DEFAULT.validation,
        DEFAULT.maxIdleTime,
        DEFAULT.maxLifeTime,
        DEFAULT.executor,
        DEFAULT.bounds,
        DEFAULT.reset);
  }

  /**
   * {@return these settings with another bound on who waits}
   *
   * @param other how many may wait at the same time
   */
  public PoolSettings withMaxWaiting(int other) {
    return new PoolSettings(
        size, other, enterTimeout, validation, maxIdleTime, maxLifeTime, executor, bounds, reset);
  }

  /**
   * {@return these settings with another bound on the wait for a connection}
   *
   * @param other how long it is waited for
   */
  public PoolSettings withEnterTimeout(Duration other) {
    return new PoolSettings(
        size, maxWaiting, other, validation, maxIdleTime, maxLifeTime, executor, bounds, reset);
  }

  /**
   * {@return these settings with another validation}
   *
   * @param other when a connection is looked at before it is handed out
   */
  public PoolSettings withValidation(Validation other) {
    return new PoolSettings(
        size, maxWaiting, enterTimeout, other, maxIdleTime, maxLifeTime, executor, bounds, reset);
  }

  /**
   * {@return these settings with another bound on the life of connections}
   *
   * @param idle how long a connection is kept that nobody uses
   * @param life how long one is kept at all
   */
  public PoolSettings withMaxTimes(Duration idle, Duration life) {
    return new PoolSettings(
        size, maxWaiting, enterTimeout, validation, idle, life, executor, bounds, reset);
  }

  /**
   * {@return these settings with another executor}
   *
   * @param other where the driver is called; stays the caller's
   */
  public PoolSettings on(Executor other) {
    return new PoolSettings(
        size, maxWaiting, enterTimeout, validation, maxIdleTime, maxLifeTime, other, bounds, reset);
  }

  /**
   * {@return these settings with other bounds}
   *
   * @param other how long the database may keep a caller waiting
   */
  public PoolSettings withBounds(Bounds other) {
    return new PoolSettings(
        size,
        maxWaiting,
        enterTimeout,
        validation,
        maxIdleTime,
        maxLifeTime,
        executor,
        other,
        reset);
  }

  /**
   * {@return these settings with another reset}
   *
   * @param other when a session is put back as it was opened
   */
  public PoolSettings withReset(Reset other) {
    return new PoolSettings(
        size,
        maxWaiting,
        enterTimeout,
        validation,
        maxIdleTime,
        maxLifeTime,
        executor,
        bounds,
        other);
  }

  /** {@return what of them the queue goes by} */
  Places.Limits places() {
    return new Places.Limits(size, maxWaiting, enterTimeout);
  }
}
