package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The scenarios that are one step smaller than another one.
 *
 * <p>Design: a step knows next to nothing of the language. It leaves out a field or an element,
 * puts a block in the place of the statement that holds it, or makes a manager a null one; what is
 * no scenario after that, {@link Language} refuses.
 */
final class Shrinking {
  private Shrinking() {}

  /** {@return all of them, the smallest first} */
  static List<JsonNode> of(JsonNode scenario) {
    return smaller(scenario).stream()
        .distinct()
        .filter(Shrinking::isScenario)
        .sorted(Comparator.comparingInt(Shrinking::size))
        .toList();
  }

  /** {@return how long it is to read} */
  static int size(JsonNode scenario) {
    return scenario.toString().length();
  }

  private static boolean isScenario(JsonNode candidate) {
    try {
      Language.check(candidate);
      return true;
    } catch (RefusedException ignored) {
      return false;
    }
  }

  private static List<JsonNode> smaller(JsonNode node) {
    return switch (node) {
      case ObjectNode object -> smallerObjects(object);
      case ArrayNode array -> smallerArrays(array);
      default -> List.of();
    };
  }

  private static List<JsonNode> smallerObjects(ObjectNode object) {
    var found = new ArrayList<JsonNode>();
    if (object.has("kind") && !object.path("kind").asText().equals("null")) {
      found.add(object.objectNode().put("kind", "null").set("name", object.path("name")));
    }
    object
        .properties()
        .forEach(field -> {
          found.add(copy(object).without(field.getKey()));
          for (JsonNode value : smaller(field.getValue())) {
            found.add(copy(object).set(field.getKey(), value));
          }
        });
    return found;
  }

  private static List<JsonNode> smallerArrays(ArrayNode array) {
    var found = new ArrayList<JsonNode>();
    for (int i = 0; i < array.size(); i++) {
      JsonNode element = array.get(i);
      found.add(replaced(array, i, List.of()));
      found.add(replaced(array, i, element.path("body")));
      found.add(replaced(array, i, element.path("handler")));
      for (JsonNode value : smaller(element)) {
        found.add(replaced(array, i, List.of(value)));
      }
    }
    return found;
  }

  private static ObjectNode copy(ObjectNode object) {
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    copy.setAll(object);
    return copy;
  }

  private static ArrayNode replaced(ArrayNode array, int index, Iterable<JsonNode> replacement) {
    ArrayNode copy = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < array.size(); i++) {
      if (i == index) {
        replacement.forEach(copy::add);
      } else {
        copy.add(array.get(i));
      }
    }
    return copy;
  }
}
