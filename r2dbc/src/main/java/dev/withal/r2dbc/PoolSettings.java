package dev.withal.r2dbc;

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
 * @param enterTimeout how long a free one is waited for, and then as long again until it is open
 *     and validated; 30 s by default. The driver bounds that as well, often by an option called
 *     {@code connectTimeout}
 * @param validation how far a connection is looked at before it is handed out: {@code LOCAL}, as by
 *     default, asks the driver whether it is still connected, {@code REMOTE} asks the server
 * @param maxIdleTime how long a connection is kept that nobody uses; 30 min by default
 * @param maxLifeTime how long one is kept at all; 24 h by default
 */
public record PoolSettings(
    int size,
    int maxWaiting,
    Duration enterTimeout,
    ValidationDepth validation,
    Duration maxIdleTime,
    Duration maxLifeTime) {

  /** What a pool has that is told nothing else. */
  public static final PoolSettings DEFAULT =
      new PoolSettings(
          10,
          10_000,
          Duration.ofSeconds(30),
          ValidationDepth.LOCAL,
          Duration.ofMinutes(30),
          Duration.ofHours(24));

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
        DEFAULT.maxLifeTime);
  }

  /**
   * {@return these settings with another bound on who waits}
   *
   * @param other how many may wait at the same time
   */
  public PoolSettings withMaxWaiting(int other) {
    return new PoolSettings(size, other, enterTimeout, validation, maxIdleTime, maxLifeTime);
  }

  /**
   * {@return these settings with another bound on the wait for a connection}
   *
   * @param other how long it is waited for
   */
  public PoolSettings withEnterTimeout(Duration other) {
    return new PoolSettings(size, maxWaiting, other, validation, maxIdleTime, maxLifeTime);
  }

  /**
   * {@return these settings with another validation}
   *
   * @param other how far a connection is looked at before it is handed out
   */
  public PoolSettings withValidation(ValidationDepth other) {
    return new PoolSettings(size, maxWaiting, enterTimeout, other, maxIdleTime, maxLifeTime);
  }

  /**
   * {@return these settings with another bound on the life of connections}
   *
   * @param idle how long a connection is kept that nobody uses
   * @param life how long one is kept at all
   */
  public PoolSettings withMaxTimes(Duration idle, Duration life) {
    return new PoolSettings(size, maxWaiting, enterTimeout, validation, idle, life);
  }

  /** {@return what of them the queue goes by} */
  Places.Limits places() {
    return new Places.Limits(size, maxWaiting, enterTimeout);
  }
}
