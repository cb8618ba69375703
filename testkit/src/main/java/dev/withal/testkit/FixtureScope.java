package dev.withal.testkit;

import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * The contexts entered for one test, one class or one run.
 *
 * <p>Design: JUnit calls extensions in the order of their registration, which for fields nobody
 * chooses, and after a test in the reverse order. But a fixture may depend on another one that is
 * registered later. So one stack holds all fixtures of a test, in the order in which they were
 * entered, and the last one that JUnit calls exits it. What belongs to the class of a test, or to
 * the run, is found on the way up from the test.
 *
 * <p>The lock is held while something is entered, so that parallel tests enter it once; it is
 * reentrant, as a manager may ask for what it depends on.
 */
final class FixtureScope implements AutoCloseable {
  private static final Namespace NAMESPACE = Namespace.create(Fixture.class);
  private static final ReentrantLock RUN = new ReentrantLock();

  /** For whom the calling thread runs. */
  private static final ThreadLocal<@Nullable ExtensionContext> CURRENT = new ThreadLocal<>();

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private final AsyncExitStack stack = AsyncExitStack.open();
  private final IdentityHashMap<Fixture<?>, Object> values = new IdentityHashMap<>();
  private final Set<Fixture<?>> members = Collections.newSetFromMap(new IdentityHashMap<>());
  private @Nullable Throwable failure;
  private boolean begun;

  private final @Nullable ExtensionContext context;
  private @Nullable ExtensionContext outer;

  private FixtureScope(@Nullable ExtensionContext context) {
    this.context = context;
  }

  // ---- where it is -----------------------------------------------------------------------------

  /** {@return the scope of a test or a class itself} Its extensions are called one by one. */
  static FixtureScope of(ExtensionContext context) {
    Store store = context.getStore(NAMESPACE);
    RUN.lock();
    try {
      FixtureScope scope = store.get(context.getUniqueId(), FixtureScope.class);
      if (scope == null) {
        scope = new FixtureScope(context);
        store.put(context.getUniqueId(), scope);
      }
      return scope;
    } finally {
      RUN.unlock();
    }
  }

  /** {@return the scope of a fixture of the run} JUnit closes it with its store. */
  static FixtureScope ofRun(Fixture<?> fixture, ExtensionContext context) {
    Store store = context.getRoot().getStore(NAMESPACE);
    RUN.lock();
    try {
      FixtureScope scope = store.get(fixture, FixtureScope.class);
      if (scope == null) {
        scope = new FixtureScope(null);
        store.put(fixture, scope);
      }
      return scope;
    } finally {
      RUN.unlock();
    }
  }

  /** {@return the scope that holds a fixture, the innermost one; null if none does} */
  static @Nullable FixtureScope ownerOf(Fixture<?> fixture, ExtensionContext context) {
    for (ExtensionContext at = context; at != null; at = at.getParent().orElse(null)) {
      Store store = at.getStore(NAMESPACE);
      FixtureScope scope = store.get(at.getUniqueId(), FixtureScope.class);
      if (scope != null && scope.holds(fixture)) {
        return scope;
      }
    }
    return context.getRoot().getStore(NAMESPACE).get(fixture, FixtureScope.class);
  }

  static ExtensionContext current(Fixture<?> fixture) {
    ExtensionContext context = CURRENT.get();
    if (context == null) {
      throw new IllegalStateException(
          "the "
              + fixture
              + " has no value here: register it by @RegisterExtension, and ask for its value on the"
              + " thread of a test");
    }
    return context;
  }

  // ---- what it holds ---------------------------------------------------------------------------

  private boolean holds(Fixture<?> fixture) {
    lock.lock();
    try {
      return values.containsKey(fixture);
    } finally {
      lock.unlock();
    }
  }

  /** JUnit will call the fixture after the test. */
  void join(Fixture<?> fixture) {
    lock.lock();
    try {
      members.add(fixture);
      if (!begun) {
        begun = true;
        outer = CURRENT.get();
      }
    } finally {
      lock.unlock();
    }
    CURRENT.set(context);
  }

  /** {@return the value of a fixture, which is entered if it isn't yet} */
  Object enter(Fixture<?> fixture) {
    lock.lock();
    try {
      Object value = values.get(fixture);
      if (value == null) {
        value = Objects.requireNonNull(enterOnStack(fixture), "the value of a fixture is null");
        values.put(fixture, value);
      }
      return value;
    } finally {
      lock.unlock();
    }
  }

  private <T> T enterOnStack(Fixture<T> fixture) {
    try {
      return stack.<T>enter(widened(fixture.manager()));
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted while the " + fixture + " was entered", interruption);
    }
  }

  @SuppressWarnings("unchecked") // what it hands out is a T
  private static <T> AsyncContextManager<T> widened(AsyncContextManager<? extends T> manager) {
    return (AsyncContextManager<T>) manager;
  }

  void failed(Throwable error) {
    lock.lock();
    try {
      failure = failure == null ? error : failure;
    } finally {
      lock.unlock();
    }
  }

  // ---- how it ends -----------------------------------------------------------------------------

  /** JUnit calls a fixture after the test or all tests; the last one exits all. */
  void leave(Fixture<?> fixture, @Nullable Throwable error, boolean ofMany) throws Exception {
    lock.lock();
    try {
      if (!members.remove(fixture) || !members.isEmpty()) {
        return;
      }
    } finally {
      lock.unlock();
    }
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
    if (ofMany) {
      close();
    } else {
      exit(error);
    }
  }

  /** The end of many tests: what is told of is that one has failed, and what is thrown isn't. */
  @Override
  public void close() throws Exception {
    if (failure == null) {
      exit(null);
      return;
    }
    var told = new AssertionError("a test failed that used this fixture", failure);
    exit(told);
    Throwable[] added = told.getSuppressed();
    for (int i = 1; i < added.length; i++) {
      added[0].addSuppressed(added[i]);
    }
    if (added.length > 0) {
      throw FixtureScope.<RuntimeException>unchecked(added[0]);
    }
  }

  /**
   * Exits all, on this thread. It throws what the exits make of the error, if that is another one.
   */
  private void exit(@Nullable Throwable error) throws Exception {
    AsyncContextManager<AsyncExitStack> all = () -> CompletableFuture.completedFuture(stack);
    try {
      all.run(ignored -> {
        if (error != null) {
          throw FixtureScope.<RuntimeException>unchecked(error);
        }
      });
    } catch (Throwable left) {
      if (left != error) {
        throw left;
      }
    } finally {
      forget();
    }
  }

  private void forget() {
    lock.lock();
    try {
      values.clear();
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> X unchecked(Throwable error) throws X {
    throw (X) error;
  }
}
