package dev.withal.testkit;

import dev.withal.AsyncContextManager;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A manager as a fixture of JUnit tests: it is entered before them and exited after them, and its
 * exit is told how they ended.
 *
 * {@snippet class="dev.withal.testkit.FixtureGuideTest" region="fixture"}
 *
 * <p>It is registered by {@code @RegisterExtension}. The context of a static field lasts for all
 * tests of the class, including nested classes; that of an instance field lasts for one test,
 * whatever the lifecycle of the test's instances. One that is {@link #perRun} lasts until all tests
 * of the run have ended.
 *
 * <p>Tests get the value as a parameter of its type, or call {@link #value()}. So may the supplier
 * of another fixture, which thereby depends on this one: this one is entered before, in whatever
 * order they are registered, and exited after it.
 *
 * <p><b>Failure.</b> The exit after a test is told {@link dev.withal.ExitCase.Failed} with the
 * error of a test that failed, so a transaction rolls back by itself. For several tests, it is told
 * the first of those that failed, as the cause of an {@link AssertionError}. An exit that fails
 * adds its error to the test's, or fails a test that had succeeded; after a class or the run, it
 * fails that. An exit that suppresses the error of a test doesn't make it succeed.
 *
 * <p><b>Threads.</b> Enter and exit run in direct style on the thread of JUnit that calls. Tests
 * may run in parallel. Entered contexts are kept in JUnit's store, and none in this object, which
 * is immutable. A null argument is refused with a {@link NullPointerException}.
 *
 * @param <T> the type of the value
 */
public final class Fixture<T>
    implements BeforeAllCallback,
        AfterAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        ParameterResolver {

  /** Chooses, of several fixtures of a type, the one for a parameter. */
  @Documented
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.PARAMETER)
  public @interface Named {
    /** {@return the name that was given to {@link Fixture#named}} */
    String value();
  }

  private final Class<T> type;
  private final Supplier<? extends AsyncContextManager<? extends T>> manager;
  private final @Nullable String name;
  private final boolean ofRun;

  private Fixture(
      Class<T> type,
      Supplier<? extends AsyncContextManager<? extends T>> manager,
      @Nullable String name,
      boolean ofRun) {
    this.type = type;
    this.manager = manager;
    this.name = name;
    this.ofRun = ofRun;
  }

  /**
   * {@return a fixture of the managers that a supplier makes}
   *
   * @param type the type of the parameters that get the value
   * @param manager makes the manager before each enter; may call {@link #value()} of other fixtures
   * @param <T> the type of the value
   */
  public static <T> Fixture<T> of(
      Class<T> type, Supplier<? extends AsyncContextManager<? extends T>> manager) {
    return new Fixture<>(
        Objects.requireNonNull(type, "type"),
        Objects.requireNonNull(manager, "manager"),
        null,
        false);
  }

  /**
   * {@return this fixture under a name, for parameters that have it as their {@link Named}} Others
   * of its type don't get its value.
   *
   * @param name the name
   */
  public Fixture<T> named(String name) {
    return new Fixture<>(type, manager, Objects.requireNonNull(name, "name"), ofRun);
  }

  /**
   * {@return this fixture, entered once, at its first use, and exited when all tests have ended} It
   * is meant for a constant that test classes share: each registers that in a field of its own.
   */
  public Fixture<T> perRun() {
    return new Fixture<>(type, manager, name, true);
  }

  /**
   * {@return the value for the test, or the method of the test class, that the calling thread runs}
   *
   * @throws IllegalStateException if the thread runs none that has a fixture registered, or the
   *     value was exited
   */
  public T value() {
    return value(FixtureScope.current(this));
  }

  AsyncContextManager<? extends T> manager() {
    return Objects.requireNonNull(
        manager.get(), "the supplier of a fixture returned null instead of a manager");
  }

  private T value(ExtensionContext context) {
    FixtureScope owner = FixtureScope.ownerOf(this, context);
    if (owner == null) {
      owner = ofRun ? FixtureScope.ofRun(this, context) : FixtureScope.of(context);
    }
    return type.cast(owner.enter(this));
  }

  // ---- called by JUnit -------------------------------------------------------------------------

  @Override
  public void beforeAll(ExtensionContext context) {
    if (ofRun || FixtureFields.isStatic(this, context)) {
      FixtureScope.of(context).join(this);
      value(context);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    FixtureScope.of(context).join(this);
    value(context);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    Throwable error = context.getExecutionException().orElse(null);
    FixtureScope owner = FixtureScope.ownerOf(this, context);
    if (owner != null && error != null) {
      owner.failed(error);
    }
    FixtureScope.of(context).leave(this, error, false);
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    FixtureScope owner = FixtureScope.ownerOf(this, context);
    if (owner != null) {
      context.getExecutionException().ifPresent(owner::failed);
    }
    FixtureScope.of(context).leave(this, null, true);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    String wanted = parameter.findAnnotation(Named.class).map(Named::value).orElse(null);
    return parameter.getParameter().getType() == type && Objects.equals(wanted, name);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return value(context);
  }

  @Override
  public String toString() {
    return "fixture of " + type.getSimpleName() + (name == null ? "" : " named " + name);
  }
}
