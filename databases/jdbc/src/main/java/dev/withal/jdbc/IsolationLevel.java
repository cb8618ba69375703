package dev.withal.jdbc;

import java.sql.Connection;

/** The degree to which a transaction is isolated from others; the levels of the SQL standard. */
public enum IsolationLevel {
  /** {@link Connection#TRANSACTION_READ_UNCOMMITTED}. */
  READ_UNCOMMITTED(Connection.TRANSACTION_READ_UNCOMMITTED),
  /** {@link Connection#TRANSACTION_READ_COMMITTED}. */
  READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
  /** {@link Connection#TRANSACTION_REPEATABLE_READ}. */
  REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
  /** {@link Connection#TRANSACTION_SERIALIZABLE}. */
  SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

  private final int code;

  IsolationLevel(int code) {
    this.code = code;
  }

  /** {@return JDBC's constant for the level} */
  int code() {
    return code;
  }
}
