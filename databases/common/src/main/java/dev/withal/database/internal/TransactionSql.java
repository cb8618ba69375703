package dev.withal.database.internal;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SQL that a transaction's body may not run, as its exit ends the transaction. */
public final class TransactionSql {
  private static final Set<String> ENDS = Set.of("COMMIT", "END", "ABORT");

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
    return new SqlScript(sql, dialect).first(TransactionSql::ends);
  }

  /** {@return whether a statement with these words ends or begins a transaction} */
  static boolean ends(List<String> words) {
    String first = words.isEmpty() ? "" : words.getFirst();
    return ENDS.contains(first)
        || (first.equals("BEGIN") && beginsTransaction(words))
        || (first.equals("ROLLBACK") && !isAt(words, "TO", 1) && !isAt(words, "TO", 2))
        || (first.equals("START") && isAt(words, "TRANSACTION", 1))
        || (first.equals("PREPARE") && isAt(words, "TRANSACTION", 1))
        || (first.equals("SET") && words.stream().anyMatch(word -> word.endsWith("AUTOCOMMIT")));
  }

  /** {@return whether a statement with these words, of which BEGIN is the first, is no block} */
  static boolean beginsTransaction(List<String> words) {
    return words.size() < 2
        || OF_TRANSACTIONS.contains(words.get(1))
        || (isAt(words, "NOT", 1) && !isAt(words, "ATOMIC", 2));
  }

  private static boolean isAt(List<String> words, String word, int index) {
    return words.size() > index && words.get(index).equals(word);
  }
}
