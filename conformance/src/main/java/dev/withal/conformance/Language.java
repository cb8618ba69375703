package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a scenario may hold. Anything else is refused before a scenario is run: a trace of half a
 * program says nothing, and a misspelt field would pass for one that was left out.
 */
final class Language {

  /** Looks at a value, which messages call {@code what}. */
  @FunctionalInterface
  private interface Check {
    void look(JsonNode value, String what) throws RefusedException;
  }

  /** A field and what its value must be; one that isn't needed may be left out, or be null. */
  private record Field(String name, boolean needed, Check check) {
    static Field needed(String name, Check check) {
      return new Field(name, true, check);
    }

    static Field optional(String name, Check check) {
      return new Field(name, false, check);
    }
  }

  private static final Check ANYTHING = (ignored, unused) -> {};
  private static final Check TEXT =
      (value, what) -> expect(value.isTextual(), value, what, "a text");
  private static final Check FLAG =
      (value, what) -> expect(value.isBoolean(), value, what, "true or false");
  private static final Check TEXTS =
      (value, what) -> {
        expect(value.isArray(), value, what, "a list");
        for (JsonNode text : value) {
          TEXT.look(text, "each of " + what);
        }
      };
  private static final Check MANAGER =
      (value, what) -> tagged(value, what, "kind", Language.MANAGERS);
  private static final Check BODY = (value, what) -> block(value, what, Language.STATEMENTS);
  private static final Check STACK_BODY = (value, what) -> block(value, what, Language.ON_STACK);

  private static final Map<String, List<Field>> MANAGERS =
      Map.of(
          "class",
          List.of(
              Field.needed("name", TEXT),
              Field.optional("await_enter", FLAG),
              Field.optional("await_exit", FLAG),
              Field.optional("enter", oneOf("raise")),
              Field.optional("enter_error", TEXT),
              Field.optional("exit", oneOf("none", "false", "true", "raise", "reraise")),
              Field.optional("exit_error", TEXT)),
          "generator",
          List.of(
              Field.needed("name", TEXT),
              Field.optional("await_enter", FLAG),
              Field.optional("await_exit", FLAG),
              Field.optional("before", oneOf("raise", "no_yield")),
              Field.optional("before_error", TEXT),
              Field.optional("on_error", oneOf("propagate", "swallow", "raise", "yield_again")),
              Field.optional("on_error_error", TEXT),
              Field.optional("finally", oneOf("raise")),
              Field.optional("finally_error", TEXT),
              Field.optional("after", oneOf("second_yield"))),
          "null",
          List.of(Field.needed("name", TEXT)));

  private static final Map<String, List<Field>> STATEMENTS =
      Map.of(
          "log", List.of(Field.needed("text", TEXT)),
          "raise", List.of(Field.needed("error", TEXT)),
          "return", List.of(Field.needed("value", ANYTHING)),
          "pause", List.of(),
          "with", List.of(Field.needed("manager", MANAGER), Field.needed("body", BODY)),
          "try",
              List.of(
                  Field.needed("body", BODY),
                  Field.needed("catch", TEXTS),
                  Field.needed("handler", BODY)),
          "stack", List.of(Field.needed("body", STACK_BODY)));

  private static final Map<String, List<Field>> ON_STACK = new HashMap<>(STATEMENTS);

  static {
    ON_STACK.put("enter", List.of(Field.needed("manager", MANAGER)));
    ON_STACK.put("push", List.of(Field.needed("manager", MANAGER)));
    ON_STACK.put("callback", List.of(Field.needed("name", TEXT), Field.optional("error", TEXT)));
    ON_STACK.put("close", List.of());
    ON_STACK.put("pop_all", List.of(Field.needed("then", oneOf("close", "drop"))));
  }

  private Language() {}

  /** Looks at a whole scenario, which may hold more than an id and a body, for its readers. */
  static void check(JsonNode scenario) throws RefusedException {
    expect(scenario.isObject(), scenario, "a scenario", "an object");
    field(scenario, "a scenario", Field.needed("id", ANYTHING));
    field(scenario, "a scenario", Field.needed("body", BODY));
  }

  private static void block(JsonNode list, String what, Map<String, List<Field>> known)
      throws RefusedException {
    expect(list.isArray(), list, what, "a list of statements");
    for (JsonNode statement : list) {
      tagged(statement, "a statement in " + what, "op", known);
    }
  }

  /** Looks at an object whose fields depend on one of them. */
  private static void tagged(
      JsonNode object, String what, String tag, Map<String, List<Field>> known)
      throws RefusedException {
    expect(object.isObject(), object, what, "an object");
    List<Field> fields = known.get(object.path(tag).asText());
    if (fields == null) {
      throw new RefusedException(
          "the \"%s\" of %s must be one of %s, but is %s"
              .formatted(tag, what, new TreeSet<>(known.keySet()), shown(object.path(tag))));
    }
    String owner = object.path(tag).toString();
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!name.equals(tag) && fields.stream().noneMatch(field -> field.name.equals(name))) {
        throw new RefusedException("%s has no field \"%s\"".formatted(owner, name));
      }
    }
    for (Field field : fields) {
      field(object, owner, field);
    }
  }

  private static void field(JsonNode object, String owner, Field field) throws RefusedException {
    JsonNode value = object.path(field.name);
    if (value.isMissingNode() || (value.isNull() && field.check != ANYTHING)) {
      if (field.needed || isRaised(object, field.name)) {
        throw new RefusedException("%s lacks the field \"%s\"".formatted(owner, field.name));
      }
      return;
    }
    field.check.look(value, "the \"%s\" of %s".formatted(field.name, owner));
  }

  /** Whether the field names the error that another one says is raised. */
  private static boolean isRaised(JsonNode object, String name) {
    return name.endsWith("_error")
        && object.path(name.substring(0, name.lastIndexOf('_'))).asText().equals("raise");
  }

  private static Check oneOf(String... values) {
    List<String> known = List.of(values);
    return (value, what) ->
        expect(value.isTextual() && known.contains(value.asText()), value, what, "one of " + known);
  }

  private static void expect(boolean holds, JsonNode value, String what, String expected)
      throws RefusedException {
    if (!holds) {
      throw new RefusedException(what + " must be " + expected + ", but is " + shown(value));
    }
  }

  private static String shown(JsonNode value) {
    String text = value.isMissingNode() ? "missing" : value.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
