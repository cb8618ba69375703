package dev.withal.database.internal;

/**
 * The parts of an SQL text that contain no words: quoted text and comments.
 *
 * @param dialect the dialect of the text
 */
record SqlQuotes(String sql, SqlDialect dialect) {
  /** No character of an SQL text. */
  private static final char NONE = '\0';

  /** {@return the end of the quote or comment that begins here; negative if none begins here} */
  int end(int at) {
    boolean mariaDb = dialect == SqlDialect.MARIADB;
    return switch (sql.charAt(at)) {
      case '\'', '"' -> endOfQuoted(at, mariaDb ? '\\' : NONE);
      case '`' -> endOfQuoted(at, NONE);
      case '$' -> endOfDollars(at);
      default -> endOfComment(at);
    };
  }

  /** {@return whether what begins here is a comment, or the end of one that is executed} */
  boolean isComment(int at) {
    return endOfComment(at) >= 0;
  }

  // ---- words -----------------------------------------------------------------------------------

  /** {@return whether a character can begin a word} */
  boolean isWord(char c) {
    return Character.isLetterOrDigit(c)
        || c == '_'
        || c == '@'
        || (c > '\u007f' && dialect != SqlDialect.OTHER);
  }

  /** {@return the end of the word that begins here, which may be empty} */
  int endOfWord(int at) {
    int i = at;
    while (i < sql.length() && (isWord(sql.charAt(i)) || (sql.charAt(i) == '$' && i > at))) {
      i++;
    }
    return i;
  }

  /** {@return the end of the space and the comments that begin here} */
  int endOfSpace(int at) {
    int i = at;
    while (i < sql.length()) {
      int end = Character.isWhitespace(sql.charAt(i)) ? i + 1 : endOfComment(i);
      if (end < 0) {
        return i;
      }
      i = end;
    }
    return i;
  }

  // ---- quotes ----------------------------------------------------------------------------------

  /** {@return the end of a string with backslashes, whose opening quote is here} */
  int endOfEscaped(int at) {
    int end = endOfQuoted(at, '\\');
    int next = endOfSpace(end);
    // A string on a later line continues it, and has backslashes as well.
    while (dialect == SqlDialect.POSTGRESQL && sql.startsWith("'", next) && isBreak(end, next)) {
      end = endOfQuoted(next, '\\');
      next = endOfSpace(end);
    }
    return end;
  }

  private boolean isBreak(int from, int to) {
    return sql.substring(from, to).chars().anyMatch(c -> c == '\n' || c == '\r');
  }

  private int endOfQuoted(int at, char escape) {
    char quote = sql.charAt(at);
    int i = at + 1;
    while (i < sql.length()) {
      char c = sql.charAt(i);
      boolean doubled = c == quote && i + 1 < sql.length() && sql.charAt(i + 1) == quote;
      if (c == quote && !doubled) {
        return i + 1;
      }
      i += c == escape || doubled ? 2 : 1;
    }
    return sql.length();
  }

  /** {@return the text of the quote from here to its end, without the quotes} */
  String content(int at, int end) {
    char quote = sql.charAt(at);
    int open = quote == '$' ? sql.indexOf('$', at + 1) + 1 - at : 1;
    String content = sql.substring(at + open, Math.max(at + open, end - open));
    if (quote == '$') {
      return content;
    }
    String single = content.replace(String.valueOf(quote).repeat(2), String.valueOf(quote));
    return dialect == SqlDialect.MARIADB && quote != '`'
        ? single.replaceAll("\\\\[0bnrtZ]", " ").replaceAll("(?s)\\\\(.)", "$1")
        : single;
  }

  private int endOfDollars(int at) {
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

  // ---- comments --------------------------------------------------------------------------------

  private int endOfComment(int at) {
    boolean mariaDb = dialect == SqlDialect.MARIADB;
    return switch (sql.charAt(at)) {
      case '#' -> mariaDb ? endOfLine(at) : -1;
      case '-' -> isLineComment(at) ? endOfLine(at) : -1;
      case '/' -> isSlashes(at) ? endOfLine(at) : endOfLongComment(at);
      // The end of a comment that is executed.
      case '*' -> mariaDb && sql.startsWith("*/", at) ? at + 2 : -1;
      default -> -1;
    };
  }

  private boolean isLineComment(int at) {
    return sql.startsWith("--", at)
        && (dialect != SqlDialect.MARIADB
            || at + 2 == sql.length()
            || Character.isWhitespace(sql.charAt(at + 2)));
  }

  /** H2 has comments of this kind as well. */
  private boolean isSlashes(int at) {
    return dialect == SqlDialect.OTHER && sql.startsWith("//", at);
  }

  private int endOfLine(int at) {
    int i = at;
    while (i < sql.length() && !endsLine(sql.charAt(i))) {
      i++;
    }
    return Math.min(i + 1, sql.length());
  }

  private boolean endsLine(char c) {
    return c == '\n' || (c == '\r' && dialect != SqlDialect.MARIADB);
  }

  private int endOfLongComment(int at) {
    if (!sql.startsWith("/*", at)) {
      return -1;
    }
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
