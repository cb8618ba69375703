package dev.withal.database.internal;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SQL that a transaction's body may not run, as its exit ends the transaction. */
public final class TransactionSql {
  /**
   * The words that follow a {@code BEGIN} of a transaction; after any other word it begins a block.
   */
  private static final Set<String> OF_TRANSACTIONS =
      Set.of(
          "TRANSACTION",
          "TRAN",
          "WORK",
          "ISOLATION",
          "READ",
          "DEFERRABLE",
          "DEFERRED",
          "IMMEDIATE",
          "EXCLUSIVE",
          "CONCURRENT");

  private TransactionSql() {}

  /**
   * {@return the statement that ends or begins a transaction, without its quoted text; null if
   * there is none}
   *
   * @param sql one or more statements, of any database
   */
  public static @Nullable String ending(String sql) {
    return ending(sql, SqlDialect.OTHER);
  }

  /**
   * {@return the statement that ends or begins a transaction, without its quoted text; null if
   * there is none}
   *
   * @param sql one or more statements
   * @param dialect the dialect of the text
   */
  public static @Nullable String ending(String sql, SqlDialect dialect) {
    return new SqlScript(sql, dialect).first(statement -> ends(statement, dialect));
  }

  /** {@return whether a statement ends or begins a transaction} */
  static boolean ends(SqlStatement statement, SqlDialect dialect) {
    List<String> words = statement.words();
    return switch (words.isEmpty() ? "" : words.getFirst()) {
      case "COMMIT", "ABORT" -> true;
      // On MariaDB it ends nothing but a block.
      case "END" -> dialect != SqlDialect.MARIADB;
      case "BEGIN" -> dialect == SqlDialect.POSTGRESQL || beginsTransaction(words);
      case "ROLLBACK" -> !isAt(words, "TO", 1) && !isAt(words, "TO", 2);
      case "START" -> isAt(words, "TRANSACTION", 1);
      // A statement may have that name.
      case "PREPARE" ->
          isAt(words, "TRANSACTION", 1) && !words.contains("AS") && !words.contains("FROM");
      case "SET" -> dialect != SqlDialect.POSTGRESQL && statement.setsAutocommit();
      default -> false;
    };
  }

  private static boolean beginsTransaction(List<String> words) {
    return words.size() < 2
        || OF_TRANSACTIONS.contains(words.get(1))
        || (isAt(words, "NOT", 1) && isAt(words, "DEFERRABLE", 2));
  }

  /** {@return whether {@code BEGIN} begins a block, and no transaction, before the given word} */
  static boolean isBlock(String next) {
    return !next.isEmpty() && !next.equals("NOT") && !OF_TRANSACTIONS.contains(next);
  }

  private static boolean isAt(List<String> words, String word, int index) {
    return words.size() > index && words.get(index).equals(word);
  }
}
