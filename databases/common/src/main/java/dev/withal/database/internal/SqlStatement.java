package dev.withal.database.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What has been read of a statement.
 *
 * <p>Design: what may come anywhere in a long statement, such as a call, is noted as it passes;
 * only the first words are kept.
 */
final class SqlStatement {
  private static final Set<String> TEMPORARY = Set.of("TEMP", "TEMPORARY", "PG_TEMP", "\"PG_TEMP");

  private static final Set<String> ROUTINES =
      Set.of("FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "PACKAGE");

  /** The words that may come between {@code CREATE} and the kind of the thing created. */
  private static final Set<String> BEFORE_KIND =
      Set.of(
          "CREATE",
          "OR",
          "REPLACE",
          "ALTER",
          "DEFINER",
          "CURRENT_USER",
          "CURRENT_ROLE",
          "AGGREGATE",
          "EDITIONABLE",
          "NONEDITIONABLE",
          "CONSTRAINT");

  /** A name after one of these may be followed by columns; it isn't called. */
  private static final Set<String> BEFORE_COLUMNS =
      Set.of("INTO", "AS", "WITH", "RECURSIVE", "COPY", "TABLE", "EXISTS");

  /** The words between {@code SET} and the setting of the session. */
  private static final Set<String> BEFORE_SETTING =
      Set.of("SET", "STATEMENT", "SESSION", "LOCAL", "@@SESSION", "@@LOCAL", "@@");

  private static final Set<String> AUTOCOMMIT =
      Set.of("AUTOCOMMIT", "@@AUTOCOMMIT", "\"AUTOCOMMIT");

  /**
   * The number of words that are enough to classify a statement; a list of values may have a
   * million.
   */
  private static final int MOST_WORDS = 50;

  /** The length of a name that can have a meaning here. */
  private static final int LONGEST_NAME = 64;

  private final SqlDialect dialect;
  private final List<String> words = new ArrayList<>();
  private final Set<String> calls = new HashSet<>();
  private final StringBuilder quoted = new StringBuilder();

  /** The last word, or the last sign if it is one that joins; empty after any other. */
  private String last = "";

  /** The last word or sign before the present name, which may have a schema's in front. */
  private String beforeName = "";

  private int parentheses;
  private boolean beforeKind;
  private boolean beforeSetting;
  private boolean inWithList;
  private boolean routine;
  private boolean temporary;
  private boolean autocommit;
  private boolean variable;

  SqlStatement(SqlDialect dialect) {
    this.dialect = dialect;
  }

  /** Adds a word, in upper case. */
  void word(String word) {
    if (!last.equals(".")) {
      beforeName = last;
    }
    if (words.isEmpty()) {
      beforeKind = word.equals("CREATE");
      beforeSetting = word.equals("SET");
      inWithList = word.equals("WITH");
    }
    if (beforeKind && !isBeforeKind(word)) {
      beforeKind = false;
      routine = ROUTINES.contains(word);
    }
    if (beforeSetting && !BEFORE_SETTING.contains(word)) {
      beforeSetting = false;
      autocommit |= AUTOCOMMIT.contains(word);
    }
    inWithList &= parentheses > 0 || words.isEmpty() || !SqlText.QUERIES.contains(word);
    temporary |= TEMPORARY.contains(word);
    variable |= word.startsWith("@") && last.equals("INTO");
    if (words.size() < MOST_WORDS) {
      words.add(word);
    }
    last = word;
  }

  private boolean isBeforeKind(String word) {
    return BEFORE_KIND.contains(word)
        || word.contains("@")
        || word.startsWith("\"")
        || words.getLast().equals("DEFINER");
  }

  /** Adds a quoted name, which is no keyword. */
  void name(String name) {
    String known = name.length() > LONGEST_NAME ? "" : name.toUpperCase(Locale.ROOT);
    word('"' + known);
  }

  /** Adds a text in quotes. */
  void text(String text) {
    quoted.append(text);
    last = "";
  }

  /** Adds a character that is part of no word, no quote and no comment, and no space. */
  void sign(char sign) {
    switch (sign) {
      case '(' -> {
        if (isCalled()) {
          calls.add(last);
        }
        parentheses++;
      }
      case ')' -> parentheses--;
      case ',' -> beforeSetting = parentheses == 0 && startsWith("SET");
      case '=' -> variable |= last.equals(":");
      default -> {}
    }
    last = sign == '.' && !isNumber() ? "." : sign == ':' ? ":" : "";
  }

  /** {@return whether the last word is a number, which may end with a point} */
  private boolean isNumber() {
    return !last.isEmpty() && Character.isDigit(last.charAt(0));
  }

  private boolean isCalled() {
    boolean word = !last.isEmpty() && !last.equals(".") && !last.equals(":");
    return word && !BEFORE_COLUMNS.contains(beforeName) && (!inWithList || parentheses > 0);
  }

  /** {@return the first words, in upper case; those that were quoted begin with a quote} */
  List<String> words() {
    return words;
  }

  /** {@return whether no word has been read} */
  boolean isEmpty() {
    return words.isEmpty();
  }

  /** {@return whether this is the first word} */
  boolean startsWith(String word) {
    return !words.isEmpty() && words.getFirst().equals(word);
  }

  /** {@return whether the last word is this one} */
  boolean endsWith(String word) {
    return last.equals(word);
  }

  /** {@return whether the next word is outside of parentheses} */
  boolean isOutside() {
    return parentheses == 0;
  }

  /** {@return whether the next word is a name by its place, even if it is a keyword elsewhere} */
  boolean isNameNext() {
    // Other databases have routines whose body follows AS.
    return last.equals(".") || (last.equals("AS") && dialect != SqlDialect.OTHER);
  }

  /** {@return whether the next word is the name of a routine} */
  boolean isRoutineNameNext() {
    return ROUTINES.contains(last) || last.equals("EXISTS") || last.equals(".");
  }

  /** {@return whether it creates a routine} */
  boolean isRoutine() {
    return routine;
  }

  /** {@return whether it names something that ends with the session} */
  boolean isTemporary() {
    return temporary;
  }

  /** {@return whether it sets the session's autocommit} */
  boolean setsAutocommit() {
    return autocommit;
  }

  /** {@return whether it sets a variable of the session without {@code SET}, as MariaDB can} */
  boolean setsVariable() {
    return variable && dialect == SqlDialect.MARIADB;
  }

  /** {@return the functions that it seems to call: names before a parenthesis} */
  Set<String> calls() {
    return calls;
  }

  /** {@return whether the quoted text that comes next is SQL to run} */
  boolean isSqlNext() {
    boolean immediate =
        startsWith("EXECUTE") && words.size() > 1 && words.get(1).equals("IMMEDIATE");
    boolean prepared =
        dialect == SqlDialect.MARIADB && startsWith("PREPARE") && words.contains("FROM");
    return (immediate || prepared) && !words.contains("USING");
  }

  /** {@return the SQL that it runs from quoted text, of which the pieces are joined} */
  String quotedSql() {
    return quoted.toString();
  }
}
