package dev.withal.internal;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where in code of others something is made or done: the file and the line.
 *
 * <p>Design: to look costs a microsecond, and managers are made on hot paths. So a function's place
 * is looked up once for its class: each lambda has its own, so its class is its line. Only the text
 * is kept with the class, which keeps no other class alive.
 */
public final class Site {
  /** So many frames are looked at: who is farther away says little. */
  private static final int FRAMES = 30;

  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private static final ClassValue<Optional<String>> OF_LAMBDAS =
      new ClassValue<>() {
        @Override
        protected Optional<String> computeValue(Class<?> type) {
          return Optional.ofNullable(here(other -> other == type));
        }
      };

  /** Where bodies are written; empty if that isn't the same for all of a class. */
  private static final ClassValue<Optional<String>> OF_BODIES =
      new ClassValue<>() {
        @Override
        protected Optional<String> computeValue(Class<?> type) {
          if (isOurs(type) || isOfAModule(type)) {
            return Optional.empty();
          }
          return type.isHidden() || type.isAnonymousClass()
              ? Optional.ofNullable(walk(other -> other == type || isOfAModule(other), Site::whole))
              : Optional.of("of " + type.getName());
        }
      };

  private Site() {}

  /**
   * {@return where a body is written, as {@code com.acme.Orders.load(Orders.java:42)}; null if it
   * isn't known} It is called as the body is handed over.
   *
   * @param type the body's class: that of a lambda is its line
   */
  public static @Nullable String ofBody(Class<?> type) {
    String known = OF_BODIES.get(type).orElse(null);
    return known == null ? hereWhole() : known;
  }

  /** {@return where the calling thread is in code of others, in the same form; null if unknown} */
  public static @Nullable String hereWhole() {
    return walk(Site::isOfAModule, Site::whole);
  }

  /** Of a module that is built on core, whose lines say nothing to those who use it. */
  private static boolean isOfAModule(Class<?> type) {
    String name = type.getPackageName();
    return name.startsWith("reactor.core.")
        || (name.startsWith("dev.withal.")
            && !name.startsWith("dev.withal.internal")
            && !name.startsWith("dev.withal.examples.")
            && !name.startsWith("dev.withal.benchmarks")
            && !name.equals("dev.withal.insight"));
  }

  /**
   * Remembers where a function is handed over, unless its class is known already: for the one who
   * asks {@link #of} later.
   *
   * @param function a function; one whose class has a name needs no place
   */
  public static void note(Object function) {
    if (function.getClass().isHidden()) {
      OF_LAMBDAS.get(function.getClass());
    }
  }

  /**
   * {@return where a function comes from, after a space: {@code " at Orders.java:42"} of a lambda
   * that was noted, {@code " of com.acme.Orders"} of a class with a name}
   *
   * @param function what was given to {@link #note}
   */
  public static String of(Object function) {
    Class<?> type = function.getClass();
    return type.isHidden()
        ? OF_LAMBDAS.get(type).map(place -> " at " + place).orElse("")
        : " of " + type.getName();
  }

  /**
   * {@return where the calling thread is in code of others, as {@code Orders.java:42}; null if it
   * isn't, or deeper below}
   *
   * @param besides whether a class doesn't count as others' either
   */
  public static @Nullable String here(Predicate<Class<?>> besides) {
    return walk(besides, Site::text);
  }

  private static @Nullable String walk(
      Predicate<Class<?>> besides, Function<StackWalker.StackFrame, String> text) {
    try {
      return WALKER.walk(frames ->
          frames
              .limit(FRAMES)
              .filter(frame ->
                  !isOurs(frame.getDeclaringClass()) && !besides.test(frame.getDeclaringClass()))
              .findFirst()
              .map(text)
              .orElse(null));
    } catch (Throwable ignored) {
      return null; // a name is no reason to fail
    }
  }

  private static String whole(StackWalker.StackFrame frame) {
    return frame.getClassName() + "." + frame.getMethodName() + "(" + lineOf(frame) + ")";
  }

  private static String lineOf(StackWalker.StackFrame frame) {
    String file = frame.getFileName();
    return file == null ? "Unknown Source" : file + ":" + frame.getLineNumber();
  }

  private static String text(StackWalker.StackFrame frame) {
    String file = frame.getFileName();
    return file == null
        ? frame.getClassName() + "." + frame.getMethodName()
        : file + ":" + frame.getLineNumber();
  }

  /** Of the JDK or of core; its tests are in its packages, and not of it. */
  private static boolean isOurs(Class<?> type) {
    String name = type.getPackageName();
    return name.startsWith("java.")
        || name.startsWith("jdk.")
        || ((name.equals("dev.withal") || name.equals("dev.withal.internal"))
            && type.getProtectionDomain() == Site.class.getProtectionDomain());
  }
}
