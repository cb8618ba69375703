package dev.withal.database.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a text, as words.
 *
 * <p>Design: one pass. What is quoted and what is a comment holds no words. A routine's body is
 * part of the statement that makes the routine, and isn't run; a block's statements are, so each is
 * one of its own.
 */
final class SqlScript {
  private static final Set<String> ROUTINES =
      Set.of("FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "PACKAGE");

  /** What a statement of a block follows, but for a semicolon. */
  private static final Set<String> BEFORE_STATEMENTS =
      Set.of("BEGIN", "ATOMIC", "THEN", "ELSE", "LOOP", "DO", "REPEAT");

  /** What {@code END} may be followed by, to end what has not begun with a word counted here. */
  private static final Set<String> ENDED = Set.of("IF", "LOOP", "WHILE", "REPEAT", "FOR");

  /** So many tell what a statement is; a list of values may have a million. */
  private static final int MOST_WORDS = 50;

  private final String sql;
  private final SqlDialect dialect;
  private final List<String> words = new ArrayList<>();
  private final Set<String> calls = new HashSet<>();
  private final StringBuilder text = new StringBuilder();
  private int at;

  /** How many blocks the present word is in. */
  private int depth;

  /** Whether the statement makes a routine, whose statements are not run. */
  private boolean routine;

  /** Whether a block has begun by its declarations, so that its BEGIN begins no other. */
  private boolean declared;

  SqlScript(String sql, SqlDialect dialect) {
    this.sql = sql;
    this.dialect = dialect;
  }

  /** {@return the first statement whose words pass, without what it quotes; null if none does} */
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

  /** {@return what the present statement seems to call: words before a parenthesis} */
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

  private static boolean isWord(char c) {
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

  /** {@code BEGIN} of a transaction, or of a block? The word behind it tells. */
  private void beginBlock(String word) {
    boolean begun =
        words.getFirst().equals("BEGIN")
            && (words.size() == 2 && !word.equals("NOT") || words.size() == 3)
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
      // Its label, or what it ends: no statement of its own.
      skipSpace();
      word();
    }
    words.clear();
    words.add("ENDED");
  }

  /** {@return the word that follows directly, and empty if something else does} */
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

  // ---- what holds no words ---------------------------------------------------------------------

  /** Passes over what is quoted or a comment. {@return whether something was} */
  private boolean skip(char c) {
    int end =
        switch (c) {
          case '\'' -> endOfQuoted(c, dialect == SqlDialect.MARIADB);
          case '"' -> endOfQuoted(c, dialect == SqlDialect.MARIADB);
          case '`' -> endOfQuoted(c, false);
          case '$' -> endOfDollars();
          case '#' -> dialect == SqlDialect.MARIADB ? endOfLine() : -1;
          case '-' -> isLineComment() ? endOfLine() : -1;
          case '/' -> sql.startsWith("/*", at) ? endOfComment() : -1;
          case '*' -> dialect == SqlDialect.MARIADB && sql.startsWith("*/", at) ? at + 2 : -1;
          default -> -1;
        };
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

  /** {@code E'…'}; the E is no word then. */
  private boolean isStringPrefix(String word) {
    if (!word.equals("E") || dialect == SqlDialect.MARIADB || !sql.startsWith("'", at)) {
      return false;
    }
    text.setLength(text.length() - 1);
    at = endOfQuoted('\'', true);
    text.append(' ');
    return true;
  }

  private int endOfQuoted(char quote, boolean backslashes) {
    int i = at + 1;
    while (i < sql.length()) {
      char c = sql.charAt(i);
      if (c == quote) {
        return i + 1;
      }
      i += c == '\\' && backslashes ? 2 : 1;
    }
    return sql.length();
  }

  private int endOfDollars() {
    int i = at + 1;
    while (i < sql.length() && (isWord(sql.charAt(i)) && sql.charAt(i) != '@')) {
      i++;
    }
    boolean quotes =
        dialect != SqlDialect.MARIADB
            && i < sql.length()
            && sql.charAt(i) == '$'
            && (i == at + 1 || !Character.isDigit(sql.charAt(at + 1)));
    if (!quotes) {
      return -1;
    }
    String tag = sql.substring(at, i + 1);
    int end = sql.indexOf(tag, i + 1);
    return end < 0 ? sql.length() : end + tag.length();
  }

  private boolean isLineComment() {
    return sql.startsWith("--", at)
        && (dialect != SqlDialect.MARIADB
            || at + 2 == sql.length()
            || Character.isWhitespace(sql.charAt(at + 2)));
  }

  private int endOfLine() {
    int end = sql.indexOf('\n', at);
    return end < 0 ? sql.length() : end + 1;
  }

  private int endOfComment() {
    if (dialect == SqlDialect.MARIADB) {
      return endOfFlatComment();
    }
    int open = 0;
    for (int i = at; i < sql.length(); i++) {
      if (sql.startsWith("/*", i)) {
        open++;
        i++;
      } else if (sql.startsWith("*/", i)) {
        open--;
        i++;
        if (open == 0) {
          return i + 1;
        }
      }
    }
    return sql.length();
  }

  /** MariaDB runs what is in some of them, from a version on that may be told. */
  private int endOfFlatComment() {
    int i = at + 2 + (sql.startsWith("/*M!", at) ? 1 : 0);
    if (!sql.startsWith("!", i)) {
      int end = sql.indexOf("*/", at + 2);
      return end < 0 ? sql.length() : end + 2;
    }
    i++;
    while (i < sql.length() && Character.isDigit(sql.charAt(i))) {
      i++;
    }
    return i;
  }
}
