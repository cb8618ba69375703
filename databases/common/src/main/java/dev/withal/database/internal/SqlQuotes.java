package dev.withal.database.internal;

/**
 * The parts of an SQL text that contain no words: quoted text and comments.
 *
 * @param dialect the dialect of the text
 */
record SqlQuotes(String sql, SqlDialect dialect) {

  /** {@return the end of the quote or comment that begins here; negative if none begins here} */
  int end(int at) {
    boolean mariaDb = dialect == SqlDialect.MARIADB;
    return switch (sql.charAt(at)) {
      case '\'', '"' -> endOfQuoted(at, mariaDb);
      case '`' -> endOfQuoted(at, false);
      case '$' -> endOfDollars(at);
      case '#' -> mariaDb ? endOfLine(at) : -1;
      case '-' -> isLineComment(at) ? endOfLine(at) : -1;
      case '/' -> sql.startsWith("/*", at) ? endOfComment(at) : -1;
      // The end of a comment that is executed.
      case '*' -> mariaDb && sql.startsWith("*/", at) ? at + 2 : -1;
      default -> -1;
    };
  }

  /** {@return the end of the text quoted by the quote that is here} */
  int endOfQuoted(int at, boolean backslashes) {
    char quote = sql.charAt(at);
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

  private int endOfDollars(int at) {
    int i = at + 1;
    while (i < sql.length() && (SqlScript.isWord(sql.charAt(i)) && sql.charAt(i) != '@')) {
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

  private boolean isLineComment(int at) {
    return sql.startsWith("--", at)
        && (dialect != SqlDialect.MARIADB
            || at + 2 == sql.length()
            || Character.isWhitespace(sql.charAt(at + 2)));
  }

  private int endOfLine(int at) {
    int end = sql.indexOf('\n', at);
    return end < 0 ? sql.length() : end + 1;
  }

  private int endOfComment(int at) {
    if (dialect == SqlDialect.MARIADB) {
      return endOfFlatComment(at);
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

  /** MariaDB runs the text in some of them, optionally from a given version on. */
  private int endOfFlatComment(int at) {
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
