package dev.withal.r2dbc;

import static java.util.stream.Collectors.joining;

import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.TransactionDefinition;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options with which a transaction begins. R2DBC leaves the effect of isolation level,
 * read-only mode and name to the driver: see the driver's documentation for the ones that it
 * supports or ignores.
 *
 * <p>The limits of statements are set by SQL, on PostgreSQL, H2, MariaDB and MySQL, even if another
 * {@link TransactionDefinition} has a bound on the wait for locks. They end with the transaction,
 * and the session's previous values are restored. Setting them costs one exchange with the server
 * on PostgreSQL, and three on the others. On any other database the wait for locks is left to the
 * driver, and a transaction that has a bound on statements fails to begin.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class TransactionOptions implements TransactionDefinition {

  /** The driver's own defaults. */
  public static final TransactionOptions DEFAULT = new TransactionOptions(Map.of());

  private final Map<Option<?>, Object> attributes;

  private TransactionOptions(Map<Option<?>, Object> attributes) {
    this.attributes = attributes;
  }

  private TransactionOptions with(Option<?> option, Object value, String name) {
    var more = new HashMap<>(attributes);
    more.put(option, Objects.requireNonNull(value, name));
    return new TransactionOptions(Map.copyOf(more));
  }

  /**
   * {@return these options with an isolation level}
   *
   * @param level the level
   */
  public TransactionOptions isolation(IsolationLevel level) {
    return with(ISOLATION_LEVEL, level, "level");
  }

  /** {@return these options for a transaction that only reads} */
  public TransactionOptions readOnly() {
    return with(READ_ONLY, true, "readOnly");
  }

  /**
   * {@return these options with a name, which also appears in messages}
   *
   * @param name the name of the transaction; no secrets
   */
  public TransactionOptions named(String name) {
    return with(NAME, name, "name");
  }

  /**
   * {@return these options with a bound on the wait for a lock, past which the statement fails}
   *
   * @param limit how long a statement may wait; rounded up to a millisecond, on MariaDB and MySQL
   *     to a second
   * @throws IllegalArgumentException if the limit isn't positive
   */
  public TransactionOptions lockWait(Duration limit) {
    return with(LOCK_WAIT_TIMEOUT, positive(limit, "lockWait"), "limit");
  }

  /**
   * {@return these options with a bound on each statement, past which the server ends it} MySQL
   * bounds queries only.
   *
   * @param limit how long a statement may run; rounded up to a millisecond
   * @throws IllegalArgumentException if the limit isn't positive
   */
  public TransactionOptions statementTimeout(Duration limit) {
    return with(Limits.STATEMENT_TIMEOUT, positive(limit, "statementTimeout"), "limit");
  }

  private static Duration positive(Duration limit, String what) {
    if (!Objects.requireNonNull(limit, "limit").isPositive()) {
      throw new IllegalArgumentException(what + " must be positive, but is " + limit);
    }
    return limit;
  }

  /** {@return whether these options say no more than a name} */
  boolean isPlain() {
    return attributes.isEmpty() || attributes.keySet().equals(Set.of(NAME));
  }

  @Override
  @SuppressWarnings("unchecked") // each value was put there under an option of its type
  public <T> @Nullable T getAttribute(Option<T> option) {
    return (T) attributes.get(option);
  }

  @Override
  public String toString() {
    return attributes.entrySet().stream()
        .map(attribute -> attribute.getKey().name() + "=" + attribute.getValue())
        .sorted()
        .collect(joining(", ", "TransactionOptions{", "}"));
  }
}
