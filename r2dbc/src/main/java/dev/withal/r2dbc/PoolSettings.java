package dev.withal.r2dbc;

import dev.withal.database.Bounds;
import dev.withal.database.internal.Places;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.Objects;

/**
 * How large a pool is, how long it is waited for, and how old its connections get.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * @param size how many connections there are at most; 10 by default
 * @param maxWaiting how many may wait for one at the same time; 10,000 by default
 * @param enterTimeout how long an enter may take: until one is free, and is found valid or opened,
 *     for which there are 250 ms in any case; 30 s by default
 * @param validation how far a connection is looked at before it is handed out: {@code LOCAL}, as by
 *     default, asks the driver whether it is still connected, {@code REMOTE} asks the server
 * @param maxIdleTime how long a connection is kept that nobody uses; 30 min by default
 * @param maxLifeTime how long one is kept at all; 24 h by default
 * @param bounds how long the database may keep a caller waiting
 * @param reset when a session is put back as it was opened, before another body has it; {@code
 *     IF_TOUCHED} by default
 */
public record PoolSettings(
    int size,
    int maxWaiting,
    Duration enterTimeout,
    ValidationDepth validation,
    Duration maxIdleTime,
    Duration maxLifeTime,
    Bounds bounds,
    Reset reset) {

  /**
   * When a session is put back as it was opened: on PostgreSQL by the parts of {@code discard all}
   * but for the driver's own prepared statements; on H2 its schema and timeouts are. Any other
   * database has the connection closed instead. The isolation level is put back in any case.
   */
  public enum Reset {
    /** Not at all. */
    NEVER,
    /**
     * If a body has run SQL that may have left something in the session: a {@code set}, a temporary
     * table, a lock, a call of a function that isn't known to leave nothing; or has set a timeout
     * by a method. What a trigger or a rule leaves isn't seen.
     */
    IF_TOUCHED,
    /** Each time, which costs a round trip. */
    ALWAYS
  }

  /** What a pool has that is told nothing else. */
  public static final PoolSettings DEFAULT =
      new PoolSettings(
          10,
          10_000,
          Duration.ofSeconds(30),
          ValidationDepth.LOCAL,
          Duration.ofMinutes(30),
          Duration.ofHours(24),
          Bounds.DEFAULT,
          Reset.IF_TOUCHED);

  /**
   * Refuses what makes no pool.
   *
   * @throws IllegalArgumentException if the size is less than 1, {@code maxWaiting} is negative, or
   *     a duration isn't positive
   */
  public PoolSettings {
    if (size < 1) {
      throw new IllegalArgumentException("size must be at least 1, but is " + size);
    }
    if (maxWaiting < 0) {
      throw new IllegalArgumentException("maxWaiting must be 0 or more, but is " + maxWaiting);
    }
    requirePositive(enterTimeout, "enterTimeout");
    Objects.requireNonNull(validation, "validation");
    requirePositive(maxIdleTime, "maxIdleTime");
    requirePositive(maxLifeTime, "maxLifeTime");
    Objects.requireNonNull(bounds, "bounds");
    Objects.requireNonNull(reset, "reset");
  }

  private static void requirePositive(Duration duration, String name) {
    if (!Objects.requireNonNull(duration, name).isPositive()) {
      throw new IllegalArgumentException(name + " must be positive, but is " + duration);
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
        size, other, enterTimeout, validation, maxIdleTime, maxLifeTime, bounds, reset);
  }

  /**
   * {@return these settings with another bound on the wait for a connection}
   *
   * @param other how long it is waited for
   */
  public PoolSettings withEnterTimeout(Duration other) {
    return new PoolSettings(
        size, maxWaiting, other, validation, maxIdleTime, maxLifeTime, bounds, reset);
  }

  /**
   * {@return these settings with another validation}
   *
   * @param other how far a connection is looked at before it is handed out
   */
  public PoolSettings withValidation(ValidationDepth other) {
    return new PoolSettings(
        size, maxWaiting, enterTimeout, other, maxIdleTime, maxLifeTime, bounds, reset);
  }

  /**
   * {@return these settings with another bound on the life of connections}
   *
   * @param idle how long a connection is kept that nobody uses
   * @param life how long one is kept at all
   */
  public PoolSettings withMaxTimes(Duration idle, Duration life) {
    return new PoolSettings(size, maxWaiting, enterTimeout, validation, idle, life, bounds, reset);
  }

  /**
   * {@return these settings with other bounds}
   *
   * @param other how long the database may keep a caller waiting
   */
  public PoolSettings withBounds(Bounds other) {
    return new PoolSettings(
        size, maxWaiting, enterTimeout, validation, maxIdleTime, maxLifeTime, other, reset);
  }

  /**
   * {@return these settings with another reset}
   *
   * @param other when a session is put back as it was opened
   */
  public PoolSettings withReset(Reset other) {
    return new PoolSettings(
        size, maxWaiting, enterTimeout, validation, maxIdleTime, maxLifeTime, bounds, other);
  }

  /** {@return what of them the queue goes by} */
  Places.Limits places() {
    return new Places.Limits(size, maxWaiting, enterTimeout);
  }
}
