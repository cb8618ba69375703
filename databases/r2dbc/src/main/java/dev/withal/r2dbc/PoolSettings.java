package dev.withal.r2dbc;

import dev.withal.database.Bounds;
import dev.withal.database.internal.Places;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The settings of a pool: its size, its waits, and the age of its connections.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * @param size the maximum number of connections; 10 by default
 * @param maxWaiting the maximum number of callers that wait at the same time; 10,000 by default
 * @param enterTimeout how long an enter may take until a connection is free and is found valid or
 *     opened, for which there are at least 250 ms; 30 s by default
 * @param validation how far a connection is checked before it is lent: {@code LOCAL}, the default,
 *     asks the driver whether it is still connected; {@code REMOTE} asks the server
 * @param maxIdleTime how long an unused connection is kept; 30 min by default
 * @param maxLifeTime how long any connection is kept; 24 h by default
 * @param bounds how long the database may make a caller wait
 * @param reset when a session is reset before another body has it; {@code IF_TOUCHED} by default
 * @param hooks the hooks for connections that are opened, lent and given back; none by default
 */
public record PoolSettings(
    int size,
    int maxWaiting,
    Duration enterTimeout,
    ValidationDepth validation,
    Duration maxIdleTime,
    Duration maxLifeTime,
    Bounds bounds,
    Reset reset,
    PoolHooks hooks) {

  /**
   * When a session is reset to the state in which it was opened. On PostgreSQL, that is done by the
   * parts of {@code discard all}, except for the driver's own prepared statements; on H2, schema,
   * time zone, variables, local temporary tables, isolation level and timeouts are reset. On any
   * other database, the connection is closed instead. The isolation level is restored in any case.
   */
  public enum Reset {
    /** Never. */
    NEVER,
    /**
     * If a body has run SQL that may have left something in the session: a {@code set}, a temporary
     * table, a lock, or a call of a function that isn't known to leave nothing; or if it has set a
     * timeout by a method. The effects of a trigger or a rule are not detected.
     */
    IF_TOUCHED,
    /** Each time, which costs a round trip. */
    ALWAYS
  }

  /** The default settings. */
  public static final PoolSettings DEFAULT =
      new PoolSettings(
          10,
          10_000,
          Duration.ofSeconds(30),
          ValidationDepth.LOCAL,
          Duration.ofMinutes(30),
          Duration.ofHours(24),
          Bounds.DEFAULT,
          Reset.IF_TOUCHED,
          PoolHooks.NONE);

  /**
   * Creates settings, and refuses those that make no pool.
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
    Objects.requireNonNull(hooks, "hooks");
  }

  private static void requirePositive(Duration duration, String name) {
    if (!Objects.requireNonNull(duration, name).isPositive()) {
      throw new IllegalArgumentException(name + " must be positive, but is " + duration);
    }
  }

  /**
   * {@return the default settings with another size}
   *
   * @param size the maximum number of connections
   * @throws IllegalArgumentException if it is less than 1
   */
  public static PoolSettings ofSize(int size) {
    return DEFAULT.with(draft -> draft.size = size);
  }

  /**
   * {@return these settings with another bound on the number of waiting callers}
   *
   * @param other the maximum number of callers that wait at the same time
   * @throws IllegalArgumentException if it is negative
   */
  public PoolSettings withMaxWaiting(int other) {
    return with(draft -> draft.maxWaiting = other);
  }

  /**
   * {@return these settings with another bound on the wait for a connection}
   *
   * @param other how long an enter may take
   * @throws IllegalArgumentException if it isn't positive
   */
  public PoolSettings withEnterTimeout(Duration other) {
    return with(draft -> draft.enterTimeout = other);
  }

  /**
   * {@return these settings with another validation}
   *
   * @param other how far a connection is checked before it is lent
   */
  public PoolSettings withValidation(ValidationDepth other) {
    return with(draft -> draft.validation = other);
  }

  /**
   * {@return these settings with other bounds on the age of connections}
   *
   * @param idle how long an unused connection is kept
   * @param life how long any connection is kept
   * @throws IllegalArgumentException if one of them isn't positive
   */
  public PoolSettings withMaxTimes(Duration idle, Duration life) {
    return with(draft -> {
      draft.maxIdleTime = idle;
      draft.maxLifeTime = life;
    });
  }

  /**
   * {@return these settings with other bounds}
   *
   * @param other how long the database may make a caller wait
   */
  public PoolSettings withBounds(Bounds other) {
    return with(draft -> draft.bounds = other);
  }

  /**
   * {@return these settings with another reset}
   *
   * @param other when a session is reset
   */
  public PoolSettings withReset(Reset other) {
    return with(draft -> draft.reset = other);
  }

  /**
   * {@return these settings with other hooks}
   *
   * @param other the hooks for connections that are opened, lent and given back
   */
  public PoolSettings withHooks(PoolHooks other) {
    return with(draft -> draft.hooks = other);
  }

  /** {@return the limits of the queue for places} */
  Places.Limits places() {
    return new Places.Limits(size, maxWaiting, enterTimeout);
  }

  private PoolSettings with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /** A mutable copy, as the components of a record can't be replaced one by one. */
  private static final class Draft {
    private int size;
    private int maxWaiting;
    private Duration enterTimeout;
    private ValidationDepth validation;
    private Duration maxIdleTime;
    private Duration maxLifeTime;
    private Bounds bounds;
    private Reset reset;
    private PoolHooks hooks;

    Draft(PoolSettings from) {
      size = from.size;
      maxWaiting = from.maxWaiting;
      enterTimeout = from.enterTimeout;
      validation = from.validation;
      maxIdleTime = from.maxIdleTime;
      maxLifeTime = from.maxLifeTime;
      bounds = from.bounds;
      reset = from.reset;
      hooks = from.hooks;
    }

    PoolSettings settings() {
      return new PoolSettings(
          size,
          maxWaiting,
          enterTimeout,
          validation,
          maxIdleTime,
          maxLifeTime,
          bounds,
          reset,
          hooks);
    }
  }
}
