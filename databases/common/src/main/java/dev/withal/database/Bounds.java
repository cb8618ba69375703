package dev.withal.database;

import java.time.Duration;
import java.util.Objects;

/**
 * How long the database may make a caller wait when only the network is to blame.
 *
 * <p>Past a bound the connection is closed by force and discarded. That costs one connection, but
 * neither its place in a pool nor the caller's thread. The driver has another second to notice;
 * then it is left alone. The bounds are kept in real time.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * @param connect how long opening a connection, or beginning a transaction or savepoint, may take;
 *     10 s by default
 * @param validate how long a connection may take to answer that it works; 2 s by default
 * @param cancel how long a statement may continue after it was cancelled; 2 s by default
 * @param exit how long an exit may take, including its commit or rollback, until the connection is
 *     given back; 10 s by default. A commit that hasn't been answered by then has an unknown
 *     outcome
 */
public record Bounds(Duration connect, Duration validate, Duration cancel, Duration exit) {

  /** The default bounds. */
  public static final Bounds DEFAULT =
      new Bounds(
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10));

  /**
   * Creates bounds.
   *
   * @throws IllegalArgumentException if a duration isn't positive
   */
  public Bounds {
    requirePositive(connect, "connect");
    requirePositive(validate, "validate");
    requirePositive(cancel, "cancel");
    requirePositive(exit, "exit");
  }

  private static void requirePositive(Duration given, String name) {
    if (!Objects.requireNonNull(given, name).isPositive()) {
      throw new IllegalArgumentException(name + " must be positive, but is " + given);
    }
  }

  /**
   * {@return these bounds with another one on opening}
   *
   * @param other how long opening a connection, or a begin, may take
   */
  public Bounds withConnect(Duration other) {
    return new Bounds(other, validate, cancel, exit);
  }

  /**
   * {@return these bounds with another one on validation}
   *
   * @param other how long a connection may take to answer that it works
   */
  public Bounds withValidate(Duration other) {
    return new Bounds(connect, other, cancel, exit);
  }

  /**
   * {@return these bounds with another one on cancelled statements}
   *
   * @param other how long a statement may continue after it was cancelled
   */
  public Bounds withCancel(Duration other) {
    return new Bounds(connect, validate, other, exit);
  }

  /**
   * {@return these bounds with another one on exits}
   *
   * @param other how long an exit may take
   */
  public Bounds withExit(Duration other) {
    return new Bounds(connect, validate, cancel, other);
  }
}
