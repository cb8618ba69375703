package dev.withal.database.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The state of a session of H2 that it lists itself: the schema and the path, the time zone,
 * variables and local temporary tables. It lists the SQL that makes each of them.
 *
 * @param commands the SQL that makes the state, by its key
 */
public record H2State(Map<String, String> commands) {
  /** The SQL that asks for the state: its keys, and a command for each. */
  public static final String QUESTION = "select * from information_schema.session_state";

  private static final Pattern TABLE =
      Pattern.compile("\\bTABLE\\s+((?:\"(?:[^\"]|\"\")*\"\\.?)+)");

  /**
   * {@return the SQL that restores this state}
   *
   * @param now the state of the same session now
   */
  public List<String> restored(H2State now) {
    var sql = new ArrayList<String>();
    now.commands.forEach((key, command) -> {
      if (!command.equals(commands.get(key))) {
        addUndo(sql, key, command);
      }
    });
    commands.forEach((key, command) -> {
      if (!command.equals(now.commands.get(key))) {
        sql.add(command);
      }
    });
    return sql;
  }

  private void addUndo(List<String> sql, String key, String command) {
    if (key.startsWith("@")) {
      sql.add("set @\"" + key.substring(1).replace("\"", "\"\"") + "\" = null");
    } else if (key.startsWith("TABLE ")) {
      Matcher name = TABLE.matcher(command);
      if (name.find()) {
        sql.add("drop table if exists " + name.group(1));
      }
    } else if (key.equals("TIME ZONE")) {
      sql.add("set time zone local");
    } else if (key.equals("SCHEMA_SEARCH_PATH")) {
      // It can't be empty, and the schema is searched first in any case.
      String schema = commands.getOrDefault("SCHEMA", "SET SCHEMA \"PUBLIC\"");
      sql.add(schema.replaceFirst("SCHEMA", "SCHEMA_SEARCH_PATH"));
    }
  }
}
