package dev.withal.database.internal;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The statements of an SQL text.
 *
 * <p>Design: one pass. Quoted text and comments contain no words. A routine's body is part of the
 * statement that creates the routine, and isn't run; the statements of a block are run, so each is
 * one of its own.
 *
 * <p>The keywords of blocks may be names elsewhere, so they count only where a statement may begin.
 * On PostgreSQL only a routine has a block; on MariaDB each {@code END} ends one. On other
 * databases a statement may end without a semicolon, so {@code BEGIN} and {@code END} count
 * anywhere in a block.
 */
final class SqlScript {
  /** On MariaDB each begins a block; elsewhere only {@code BEGIN} does. */
  private static final Set<String> CONSTRUCTS =
      Set.of("IF", "CASE", "WHILE", "FOR", "LOOP", "REPEAT");

  private static final Set<String> LABELLED = Set.of("BEGIN", "WHILE", "FOR", "LOOP", "REPEAT");

  /** On MariaDB: the first word of a handler's statement, which follows its conditions. */
  private static final Set<String> HANDLING =
      Set.of("BEGIN", "COMMIT", "ROLLBACK", "START", "SET", "EXECUTE", "IF");

  /** One of the two words after {@code DECLARE}, if it declares no variable of a block. */
  private static final Set<String> NO_VARIABLE =
      Set.of("CURSOR", "BINARY", "INSENSITIVE", "NO", "SCROLL", "LOCAL", "GLOBAL");

  private final String sql;
  private final SqlDialect dialect;
  private final SqlQuotes quotes;
  private final StringBuilder text = new StringBuilder();
  private SqlStatement statement;
  private int at;

  /** The number of blocks around the present word. */
  private int depth;

  /** The number of CASE expressions around the present word. */
  private int cases;

  /** Whether the statement creates a routine, whose statements are not run. */
  private boolean routine;

  /** Whether a block has begun with its declarations, so that its BEGIN begins no other. */
  private boolean declared;

  SqlScript(String sql, SqlDialect dialect) {
    this.sql = sql;
    this.dialect = dialect;
    this.quotes = new SqlQuotes(sql, dialect);
    this.statement = new SqlStatement(dialect);
  }

  /** {@return the first statement that passes, without its quoted text; null if none does} */
  @Nullable String first(Predicate<SqlStatement> sought) {
    while (at < sql.length()) {
      boolean run = depth == 0 || !routine;
      if (read()) {
        if (run && found(sought)) {
          return text.toString().strip();
        }
        begin();
      }
    }
    return (depth == 0 || !routine) && found(sought) ? text.toString().strip() : null;
  }

  private boolean found(Predicate<SqlStatement> sought) {
    String quoted = statement.quotedSql();
    return sought.test(statement)
        || (!quoted.isEmpty() && new SqlScript(quoted, dialect).first(sought) != null);
  }

  private void begin() {
    statement = new SqlStatement(dialect);
    text.setLength(0);
    cases = 0;
  }

  /** Reads the next part. {@return whether the statement before it is complete} */
  private boolean read() {
    char c = sql.charAt(at);
    if (quotes.isWord(c)) {
      return readWord();
    }
    int end = quotes.end(at);
    if (end >= 0) {
      quoted(c, end);
      return false;
    }
    at++;
    if (c == ';') {
      routine &= depth > 0;
      declared &= depth > 0;
      return true;
    }
    text.append(c);
    if (c == ':' && isLabel()) {
      begin();
    } else if (!Character.isWhitespace(c)) {
      statement.sign(c);
    }
    return false;
  }

  private void quoted(char c, int end) {
    if (c == '`' || (c == '"' && dialect != SqlDialect.MARIADB)) {
      statement.name(quotes.content(at, end));
    } else if (!quotes.isComment(at)) {
      statement.text(statement.isSqlNext() ? quotes.content(at, end) : "");
    }
    text.append(' ');
    at = end;
  }

  private boolean isLabel() {
    return dialect == SqlDialect.MARIADB
        && statement.words().size() == 1
        && LABELLED.contains(following());
  }

  // ---- words -----------------------------------------------------------------------------------

  private boolean readWord() {
    int from = at;
    at = quotes.endOfWord(at);
    String word = sql.substring(from, at).toUpperCase(Locale.ROOT);
    if (word.equals("E") && dialect != SqlDialect.MARIADB && sql.startsWith("'", at)) {
      // The E of E'…' is no word.
      quoted('\'', quotes.endOfEscaped(at));
      return false;
    }
    if (isHandling(word)) {
      begin();
    }
    if (!statement.isNameNext() && (depth > 0 ? countInside(word) : countOutside(word))) {
      return true;
    }
    statement.word(word);
    text.append(sql, from, at);
    return false;
  }

  private boolean isHandling(String word) {
    List<String> words = statement.words();
    return dialect == SqlDialect.MARIADB
        && depth > 0
        && HANDLING.contains(word)
        && statement.startsWith("DECLARE")
        && words.contains("HANDLER")
        && words.contains("FOR");
  }

  /** Counts blocks. {@return whether a statement outside of them is complete before this word} */
  private boolean countOutside(String word) {
    routine |= statement.isRoutine();
    boolean opens =
        statement.isRoutine()
            ? opensRoutine(word)
            : dialect != SqlDialect.POSTGRESQL && opensBlock(word);
    depth += opens ? 1 : 0;
    return opens ? !isCondition(word) : isEndOfSettings(word);
  }

  private boolean opensRoutine(String word) {
    if (!statement.isOutside()) {
      return false;
    }
    declared =
        dialect == SqlDialect.OTHER
            && (word.equals("IS") || word.equals("AS"))
            && !following().isEmpty();
    return declared
        || (dialect == SqlDialect.POSTGRESQL
            ? word.equals("ATOMIC") && statement.endsWith("BEGIN")
            : word.equals("BEGIN") && !statement.isRoutineNameNext());
  }

  private boolean opensBlock(String word) {
    if (statement.isEmpty()) {
      return word.equals("BEGIN") ? TransactionSql.isBlock(following()) : isConstruct(word);
    }
    declared =
        dialect == SqlDialect.OTHER
            && statement.words().equals(List.of("DECLARE"))
            && !word.startsWith("@")
            && !NO_VARIABLE.contains(word)
            && !NO_VARIABLE.contains(following());
    if (declared) {
      // It is no statement of its own.
      begin();
    }
    return declared || (word.equals("ATOMIC") && statement.words().equals(List.of("BEGIN", "NOT")));
  }

  /** Counts blocks. {@return whether a statement in one is complete before this word} */
  private boolean countInside(String word) {
    boolean begins = statement.isEmpty();
    if (dialect == SqlDialect.POSTGRESQL) {
      return begins && word.equals("END") && countEnd();
    }
    if (begins && isConstruct(word)) {
      depth++;
      return !isCondition(word);
    }
    return switch (word) {
      case "BEGIN" -> (begins || dialect == SqlDialect.OTHER) && countBegin();
      case "ATOMIC" -> begins || statement.words().equals(List.of("NOT"));
      case "CASE" -> {
        cases += begins ? 0 : 1;
        yield false;
      }
      case "THEN", "ELSE" -> cases == 0;
      case "LOOP" -> true;
      case "DO" -> !begins;
      case "REPEAT" -> begins;
      case "END" -> countEnd();
      default -> isEndOfSettings(word);
    };
  }

  private boolean isConstruct(String word) {
    return dialect == SqlDialect.MARIADB && CONSTRUCTS.contains(word);
  }

  /** {@return whether a condition follows, or what a loop runs over} */
  private boolean isCondition(String word) {
    return isConstruct(word) && !word.equals("LOOP") && !word.equals("REPEAT");
  }

  /** {@return whether it is the FOR of {@code SET STATEMENT … FOR}} */
  private boolean isEndOfSettings(String word) {
    List<String> words = statement.words();
    return dialect == SqlDialect.MARIADB
        && word.equals("FOR")
        && statement.isOutside()
        && words.size() > 1
        && words.subList(0, 2).equals(List.of("SET", "STATEMENT"));
  }

  private boolean countBegin() {
    depth += declared ? 0 : 1;
    declared = false;
    return true;
  }

  private boolean countEnd() {
    if (cases > 0) {
      cases--;
      return false;
    }
    boolean other = dialect == SqlDialect.OTHER;
    if (!other && !statement.isEmpty() && !statement.startsWith("UNTIL")) {
      return false;
    }
    String ended = following();
    depth -= other && CONSTRUCTS.contains(ended) ? 0 : 1;
    if (!ended.isEmpty()) {
      // Its label, or the construct that it ends: no statement of its own.
      at = quotes.endOfWord(quotes.endOfSpace(at));
    }
    return true;
  }

  /** {@return the word that follows directly; empty if something else does} */
  private String following() {
    int from = quotes.endOfSpace(at);
    return sql.substring(from, quotes.endOfWord(from)).toUpperCase(Locale.ROOT);
  }
}
