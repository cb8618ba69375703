package dev.withal.database.internal;

import java.util.Locale;

/** How a database reads SQL: its quotes, its comments, and its blocks. */
public enum SqlDialect {
  /** Comments nest; {@code E'…'} has backslashes, and {@code $$} quotes. */
  POSTGRESQL,
  /** Comments don't nest, strings have backslashes, and {@code /*! … *}{@code /} is executed. */
  MARIADB,
  /** Any other: as PostgreSQL, and with the blocks of PL/SQL. */
  OTHER;

  /**
   * {@return the dialect of a database}
   *
   * @param product the database's own product name
   */
  public static SqlDialect of(String product) {
    String name = product.toLowerCase(Locale.ROOT);
    if (name.contains("postgres")) {
      return POSTGRESQL;
    }
    return name.contains("mariadb") || name.contains("mysql") ? MARIADB : OTHER;
  }
}
