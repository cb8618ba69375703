package dev.withal.jdbc;

import dev.withal.database.internal.StatementLimits;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The options with which a transaction begins.
 *
 * <p>JDBC has neither a bound on the wait for a lock nor one on all statements, so these are set by
 * SQL, on PostgreSQL, H2, MariaDB and MySQL; on any other database, a transaction with these
 * options fails to begin. They end with the transaction, and the session's previous values are
 * restored. Setting them costs one exchange with the server on PostgreSQL, and three on the others.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class TransactionOptions {

  /** The connection's own settings. */
  public static final TransactionOptions DEFAULT =
      new TransactionOptions(null, null, Access.AS_IT_IS, StatementLimits.NONE);

  /** The access mode of the transaction. */
  private enum Access {
    AS_IT_IS,
    READ_ONLY
  }

  private final @Nullable String name;
  private final @Nullable IsolationLevel isolation;
  private final Access access;
  private final StatementLimits limits;

  private TransactionOptions(
      @Nullable String name,
      @Nullable IsolationLevel isolation,
      Access access,
      StatementLimits limits) {
    this.name = name;
    this.isolation = isolation;
    this.access = access;
    this.limits = limits;
  }

  /**
   * {@return these options with an isolation level} A driver that doesn't support the level may use
   * the next stricter one, or refuse it: then the transaction fails to begin.
   *
   * @param level the level
   */
  public TransactionOptions isolation(IsolationLevel level) {
    return new TransactionOptions(name, Objects.requireNonNull(level, "level"), access, limits);
  }

  /**
   * {@return these options for a transaction that only reads} JDBC defines this as a hint:
   * PostgreSQL then refuses writes, and H2 doesn't.
   */
  public TransactionOptions readOnly() {
    return new TransactionOptions(name, isolation, Access.READ_ONLY, limits);
  }

  /**
   * {@return these options with a name, which appears in messages; the database isn't told}
   *
   * @param other the name of the transaction; no secrets
   */
  public TransactionOptions named(String other) {
    return new TransactionOptions(Objects.requireNonNull(other, "name"), isolation, access, limits);
  }

  /**
   * {@return these options with a bound on each statement, past which the server ends it} MySQL
   * bounds queries only.
   *
   * @param limit how long a statement may run; rounded up to a millisecond
   * @throws IllegalArgumentException if the limit isn't positive
   */
  public TransactionOptions statementTimeout(Duration limit) {
    return new TransactionOptions(
        name,
        isolation,
        access,
        new StatementLimits(positive(limit, "statementTimeout"), limits.lockWait()));
  }

  /**
   * {@return these options with a bound on the wait for a lock, past which the statement fails}
   *
   * @param limit how long a statement may wait; rounded up to a millisecond, on MariaDB and MySQL
   *     to a second
   * @throws IllegalArgumentException if the limit isn't positive
   */
  public TransactionOptions lockWait(Duration limit) {
    return new TransactionOptions(
        name,
        isolation,
        access,
        new StatementLimits(limits.statement(), positive(limit, "lockWait")));
  }

  private static Duration positive(Duration limit, String what) {
    if (!Objects.requireNonNull(limit, "limit").isPositive()) {
      throw new IllegalArgumentException(what + " must be positive, but is " + limit);
    }
    return limit;
  }

  /** {@return the name of the transaction in messages} */
  String nameOr(String other) {
    return name == null ? other : name;
  }

  /** {@return whether no option needs to be set} */
  boolean isPlain() {
    return isolation == null && access == Access.AS_IT_IS && limits.areNone();
  }

  @Nullable IsolationLevel level() {
    return isolation;
  }

  StatementLimits limits() {
    return limits;
  }

  boolean isReadOnly() {
    return access == Access.READ_ONLY;
  }

  @Override
  public String toString() {
    String known = "name=" + name + ", isolation=" + isolation + ", " + access;
    return "TransactionOptions{" + known + (limits.areNone() ? "" : ", " + limits) + "}";
  }
}
