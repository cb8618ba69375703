package dev.withal.jdbc;

import dev.withal.database.Bounds;
import dev.withal.database.internal.Places;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The settings of a pool: its size, its waits, the age of its connections, and the executor on
 * which the driver is called.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * @param size the maximum number of connections; 10 by default
 * @param maxWaiting the maximum number of callers that wait at the same time; 10,000 by default
 * @param enterTimeout how long an enter may take until a connection is free and is found valid or
 *     opened, for which there are at least 250 ms; 30 s by default
 * @param validation when a connection is checked before it is lent; {@code AFTER_IDLE} by default
 * @param maxIdleTime how long an unused connection is kept; 30 min by default
 * @param maxLifeTime how long any connection is kept; 24 h by default
 * @param executor the executor on which the driver is called, which blocks; by default, virtual
 *     threads that the pool keeps, one for each connection
 * @param bounds how long the database may make a caller wait
 * @param reset when a session is reset before another body has it; {@code IF_TOUCHED} by default
 * @param interruption the price of interrupting a virtual thread in a call; {@code
 *     KEEPS_CONNECTION} by default
 * @param hooks the hooks for connections that are opened, lent and given back; none by default
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
    Reset reset,
    Interruption interruption,
    PoolHooks hooks) {

  /** When the server is asked whether a connection still works. */
  public enum Validation {
    /** If the connection hasn't been used for half a second. */
    AFTER_IDLE,
    /** Each time, which costs a round trip. */
    ALWAYS
  }

  /**
   * When a session is reset to the state in which it was opened: by {@code discard all} on
   * PostgreSQL. On H2 only schema, catalog, time zone, variables, local temporary tables, isolation
   * level, lock timeout and query timeout are restored, because closing the connection may end a
   * database in memory. On any other database the connection is closed. Settings made by methods of
   * JDBC are restored in any case.
   *
   * <p>The state is that of the session's default settings: what the data source sets by SQL in its
   * {@code getConnection}, such as a role or a search path, is lost by {@code discard all}. Set it
   * in {@link PoolHooks#onOpen} instead, which is called again after a reset.
   */
  public enum Reset {
    /** Never. */
    NEVER,
    /**
     * If a body has run SQL that may have left something in the session: a {@code set}, a temporary
     * table, a lock, or a call of a function that isn't known to leave nothing. The effects of a
     * trigger or a rule are not detected.
     */
    IF_TOUCHED,
    /** Each time, which costs two round trips. */
    ALWAYS
  }

  /**
   * The price of interrupting a virtual thread that waits for a call to the driver.
   *
   * <p>Interrupting a platform thread costs nothing in either case, and such a thread calls
   * PostgreSQL's driver itself.
   */
  public enum Interruption {
    /** Nothing: the driver is called on another thread, which costs two switches for each call. */
    KEEPS_CONNECTION,
    /**
     * The connection: the thread calls the driver itself, and the JDK closes the socket from which
     * an interrupted virtual thread reads. The statement is still cancelled on the server, and the
     * connection is replaced. A driver that isn't known to read from a socket alone is called as
     * with {@link #KEEPS_CONNECTION}.
     */
    LOSES_CONNECTION
  }

  private static final Duration SHORTEST_IDLE_TIME = Duration.ofSeconds(10);
  private static final Duration SHORTEST_LIFE_TIME = Duration.ofSeconds(30);

  /** The default settings. */
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
          Reset.IF_TOUCHED,
          Interruption.KEEPS_CONNECTION,
          PoolHooks.NONE);

  /**
   * Creates settings, and refuses those that make no pool.
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
    Objects.requireNonNull(interruption, "interruption");
    Objects.requireNonNull(hooks, "hooks");
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
   * @param other when a connection is checked before it is lent
   */
  public PoolSettings withValidation(Validation other) {
    return with(draft -> draft.validation = other);
  }

  /**
   * {@return these settings with other bounds on the age of connections}
   *
   * @param idle how long an unused connection is kept
   * @param life how long any connection is kept
   * @throws IllegalArgumentException if {@code idle} is shorter than 10 s, or {@code life} is
   *     shorter than 30 s or not a second longer than {@code idle}
   */
  public PoolSettings withMaxTimes(Duration idle, Duration life) {
    return with(draft -> {
      draft.maxIdleTime = idle;
      draft.maxLifeTime = life;
    });
  }

  /**
   * {@return these settings with another executor}
   *
   * @param other the executor on which the driver is called; stays the caller's
   */
  public PoolSettings on(Executor other) {
    return with(draft -> draft.executor = other);
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
   * {@return these settings with another price of interruptions}
   *
   * @param other the price of interrupting a virtual thread in a call
   */
  public PoolSettings withInterruption(Interruption other) {
    return with(draft -> draft.interruption = other);
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
    private Validation validation;
    private Duration maxIdleTime;
    private Duration maxLifeTime;
    private Executor executor;
    private Bounds bounds;
    private Reset reset;
    private Interruption interruption;
    private PoolHooks hooks;

    Draft(PoolSettings from) {
      size = from.size;
      maxWaiting = from.maxWaiting;
      enterTimeout = from.enterTimeout;
      validation = from.validation;
      maxIdleTime = from.maxIdleTime;
      maxLifeTime = from.maxLifeTime;
      executor = from.executor;
      bounds = from.bounds;
      reset = from.reset;
      interruption = from.interruption;
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
          executor,
          bounds,
          reset,
          interruption,
          hooks);
    }
  }
}
