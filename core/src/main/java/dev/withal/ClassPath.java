package dev.withal;

import java.util.Objects;

/**
 * Lets the testkit use the internal package where it is on the class path and core is a module.
 *
 * <p>Design: so it is where the tests of a program's module run: its main descriptor doesn't name
 * what only tests need. A descriptor can't export to the class path alone, but the module itself
 * can, as soon as a class of it is there to do so.
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
