package dev.withal.database.testing.stories;

import dev.withal.testkit.LeakCheck;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stories of a pool, and the ways by which a module tells them.
 *
 * <p>There is one instance for all tests of a class, or JUnit could not ask it for the ways: what a
 * test collects is made anew before each.
 */
@ExtendWith(LeakCheck.class)
@TestInstance(Lifecycle.PER_CLASS)
public interface Stories {

  /** {@return the ways to H2 and to PostgreSQL} */
  Stream<? extends Way> everyWay();

  /** {@return those to PostgreSQL} */
  Stream<? extends Way> waysToPostgres();

  /** A story on every way. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @ParameterizedTest
  @MethodSource("everyWay")
  @interface OnEveryWay {}

  /** A story on every way to PostgreSQL. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @ParameterizedTest
  @MethodSource("waysToPostgres")
  @interface OnPostgres {}
}
