package dev.withal.r2dbc;

import static java.util.stream.Collectors.joining;

import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.TransactionDefinition;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction begins with. R2DBC leaves it to the driver what becomes of it: see your
 * driver's documentation for what it knows and what it passes over.
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
   * {@return these options with a name, which messages tell as well}
   *
   * @param name what to call the transaction; no secrets
   */
  public TransactionOptions named(String name) {
    return with(NAME, name, "name");
  }

  /**
   * {@return these options with a bound on the wait for a lock}
   *
   * @param limit how long a statement may wait
   */
  public TransactionOptions lockWait(Duration limit) {
    return with(LOCK_WAIT_TIMEOUT, limit, "limit");
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
