package dev.withal.testkit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * Tells where a fixture is registered.
 *
 * <p>Design: where one instance of the test serves the whole class, JUnit calls the extensions of
 * instance fields before all tests, as those of static ones.
 */
final class FixtureFields {
  private FixtureFields() {}

  static boolean isStatic(Fixture<?> fixture, ExtensionContext context) {
    Optional<Class<?>> type = context.getTestClass();
    for (Class<?> at = type.orElse(null); at != null; at = at.getEnclosingClass()) {
      if (!ReflectionSupport.findFields(
              at, field -> holds(field, fixture), HierarchyTraversalMode.TOP_DOWN)
          .isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(Field field, Fixture<?> fixture) {
    return Modifier.isStatic(field.getModifiers())
        && field.getType() == Fixture.class
        && ReflectionSupport.tryToReadFieldValue(field, null)
            .toOptional()
            .filter(value -> value == fixture)
            .isPresent();
  }
}
