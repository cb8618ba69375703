package dev.withal.database.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The statements of an SQL text, as words.
 *
 * <p>Design: one pass. Quoted text and comments contain no words. A routine's body is part of the
 * statement that creates the routine, and isn't run; the statements of a block are run, so each is
 * one of its own.
 */
final class SqlScript {
  private static final Set<String> ROUTINES =
      Set.of("FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "PACKAGE");

  /** The words that precede a statement of a block, apart from a semicolon. */
  private static final Set<String> BEFORE_STATEMENTS =
      Set.of("BEGIN", "ATOMIC", "THEN", "ELSE", "LOOP", "DO", "REPEAT");

  /**
   * The words that may follow {@code END} to end a construct whose first word isn't counted here.
   */
  private static final Set<String> ENDED = Set.of("IF", "LOOP", "WHILE", "REPEAT", "FOR");

  /**
   * The number of words that are enough to classify a statement; a list of values may have a
   * million.
   */
  private static final int MOST_WORDS = 50;

  private final String sql;
  private final SqlDialect dialect;
  private final SqlQuotes quotes;
  private final List<String> words = new ArrayList<>();
  private final Set<String> calls = new HashSet<>();
  private final StringBuilder text = new StringBuilder();
  private int at;

  /** The number of blocks around the present word. */
  private int depth;

  /** Whether the statement creates a routine, whose statements are not run. */
  private boolean routine;

  /** Whether a block has begun with its declarations, so that its BEGIN begins no other. */
  private boolean declared;

  SqlScript(String sql, SqlDialect dialect) {
    this.sql = sql;
    this.dialect = dialect;
    this.quotes = new SqlQuotes(sql, dialect);
  }

  /** {@return the first statement whose words pass, without its quoted text; null if none does} */
  @Nullable String first(Predicate<List<String>> sought) {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == ';') {
        at++;
        if (found(sought)) {
          return text.toString().strip();
        }
        semicolon();
      } else if (isWord(c)) {
        String word = word();
        if (!isStringPrefix(word)) {
          if (depth > 0 && !routine && BEFORE_STATEMENTS.contains(word) && found(sought)) {
            return text.toString().strip();
          }
          next(word);
        }
      } else if (!skip(c)) {
        text.append(c);
        at++;
      }
    }
    return found(sought) ? text.toString().strip() : null;
  }

  /**
   * {@return the functions that the present statement seems to call: words before a parenthesis}
   */
  Set<String> calls() {
    return calls;
  }

  private boolean found(Predicate<List<String>> sought) {
    return (depth == 0 || !routine) && sought.test(words);
  }

  private void semicolon() {
    if (depth == 0) {
      routine = false;
      declared = false;
    }
    if (depth == 0 || !routine) {
      words.clear();
      calls.clear();
      text.setLength(0);
    }
  }

  // ---- words -----------------------------------------------------------------------------------

  static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '@';
  }

  private String word() {
    int begin = at;
    while (at < sql.length() && (isWord(sql.charAt(at)) || sql.charAt(at) == '$')) {
      at++;
    }
    String word = sql.substring(begin, at);
    text.append(word);
    return word.toUpperCase(Locale.ROOT);
  }

  private void next(String word) {
    if (words.size() < MOST_WORDS) {
      words.add(word);
    }
    if (isCall()) {
      calls.add(word);
    }
    if (depth == 0) {
      routine |= words.getFirst().equals("CREATE") && ROUTINES.contains(word);
      if (routine) {
        beginRoutine(word);
      } else {
        beginBlock(word);
      }
    } else {
      inside(word);
    }
  }

  private void beginRoutine(String word) {
    if (word.equals("BEGIN")) {
      depth = 1;
    } else if (dialect == SqlDialect.OTHER
        && (word.equals("IS") || word.equals("AS"))
        && !following().isEmpty()) {
      depth = 1;
      declared = true;
    }
  }

  /** Decides by the next word whether {@code BEGIN} begins a transaction or a block. */
  private void beginBlock(String word) {
    boolean begun =
        words.getFirst().equals("BEGIN")
            && ((words.size() == 2 && !word.equals("NOT")) || words.size() == 3)
            && !TransactionSql.beginsTransaction(words);
    declared =
        dialect == SqlDialect.OTHER
            && words.getFirst().equals("DECLARE")
            && words.size() == 2
            && !word.startsWith("@")
            && !Set.of("CURSOR", "BINARY", "INSENSITIVE", "NO", "SCROLL").contains(following());
    if (begun || declared) {
      depth = 1;
      words.clear();
      text.setLength(0);
      if (begun && !word.equals("ATOMIC")) {
        text.append(word);
        words.add(word);
      }
    }
  }

  private void inside(String word) {
    switch (word) {
      case "BEGIN" -> {
        depth += declared ? 0 : 1;
        declared = false;
      }
      case "CASE" -> depth++;
      case "END" -> end();
      default -> {}
    }
    if (!routine && BEFORE_STATEMENTS.contains(word)) {
      words.clear();
      text.setLength(0);
    }
  }

  private void end() {
    String ended = following();
    if (!ENDED.contains(ended)) {
      depth--;
    }
    if (!ended.isEmpty()) {
      // Its label, or the construct that it ends: no statement of its own.
      skipSpace();
      word();
    }
    words.clear();
    words.add("ENDED");
  }

  /** {@return the word that follows directly; empty if something else does} */
  private String following() {
    int before = at;
    int length = text.length();
    skipSpace();
    String word = at < sql.length() && isWord(sql.charAt(at)) ? word() : "";
    at = before;
    text.setLength(length);
    return word;
  }

  private boolean isCall() {
    int i = at;
    while (i < sql.length() && Character.isWhitespace(sql.charAt(i))) {
      i++;
    }
    return i < sql.length() && sql.charAt(i) == '(';
  }

  private void skipSpace() {
    while (at < sql.length() && Character.isWhitespace(sql.charAt(at))) {
      at++;
    }
  }

  // ---- quotes and comments ---------------------------------------------------------------------

  /** Skips a quote or a comment. {@return whether there was one} */
  private boolean skip(char c) {
    int end = quotes.end(at);
    if (end < 0) {
      return false;
    }
    text.append(' ');
    at = end;
    if (c == '"' && isCall()) {
      calls.add("a quoted name");
    }
    return true;
  }

  /** Recognizes {@code E'…'}, in which the E is no word. */
  private boolean isStringPrefix(String word) {
    if (!word.equals("E") || dialect == SqlDialect.MARIADB || !sql.startsWith("'", at)) {
      return false;
    }
    text.setLength(text.length() - 1);
    at = quotes.endOfQuoted(at, true);
    text.append(' ');
    return true;
  }
}
