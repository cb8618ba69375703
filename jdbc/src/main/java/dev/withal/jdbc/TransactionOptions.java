package dev.withal.jdbc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction begins with.
 *
 * <p>JDBC knows no wait for a lock: run, for example on PostgreSQL, {@code set local lock_timeout}
 * as the first statement.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class TransactionOptions {

  /** The connection's own settings. */
  public static final TransactionOptions DEFAULT =
      new TransactionOptions(null, null, Access.AS_IT_IS);

  /** What the transaction may do. */
  private enum Access {
    AS_IT_IS,
    READ_ONLY
  }

  private final @Nullable String name;
  private final @Nullable IsolationLevel isolation;
  private final Access access;

  private TransactionOptions(
      @Nullable String name, @Nullable IsolationLevel isolation, Access access) {
    this.name = name;
    this.isolation = isolation;
    this.access = access;
  }

  /**
   * {@return these options with an isolation level} A driver that hasn't got the level may take the
   * next one that keeps more apart, or refuse it: then the transaction doesn't begin.
   *
   * @param level the level
   */
  public TransactionOptions isolation(IsolationLevel level) {
    return new TransactionOptions(name, Objects.requireNonNull(level, "level"), access);
  }

  /**
   * {@return these options for a transaction that only reads} To JDBC it is a hint: PostgreSQL
   * refuses writes then, H2 doesn't.
   */
  public TransactionOptions readOnly() {
    return new TransactionOptions(name, isolation, Access.READ_ONLY);
  }

  /**
   * {@return these options with a name, which messages tell; the database isn't told}
   *
   * @param other what to call the transaction; no secrets
   */
  public TransactionOptions named(String other) {
    return new TransactionOptions(Objects.requireNonNull(other, "name"), isolation, access);
  }

  /** {@return what messages call the transaction} */
  String nameOr(String other) {
    return name == null ? other : name;
  }

  /** {@return whether there is something to begin with} */
  boolean isPlain() {
    return isolation == null && access == Access.AS_IT_IS;
  }

  @Nullable IsolationLevel level() {
    return isolation;
  }

  boolean isReadOnly() {
    return access == Access.READ_ONLY;
  }

  @Override
  public String toString() {
    return "TransactionOptions{name=" + name + ", isolation=" + isolation + ", " + access + "}";
  }
}
