package dev.withal;

import java.util.Objects;

/**
 * Lets the testkit use the internal package where it is on the class path and core is a module.
 *
 * <p>Design: that is where build tools put it in the tests of a modular program, as the program's
 * descriptor doesn't name what only tests need. A descriptor can't export to the class path alone,
 * but the module can do so itself, once one of its classes runs.
 */
final class ClassPath {
  private ClassPath() {}

  static void letIn() {
    Module own = ClassPath.class.getModule();
    if (own.isNamed()) {
      ClassLoader loader = Objects.requireNonNull(ClassPath.class.getClassLoader());
      own.addExports("dev.withal.internal", loader.getUnnamedModule());
    }
  }
}
