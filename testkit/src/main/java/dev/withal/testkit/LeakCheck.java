package dev.withal.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A JUnit extension that fails a test that leaves something behind: a context that was entered and
 * not exited, or exited twice; a thread or a timer of virtual time.
 *
 * <p>It provides {@link VirtualTime} and a {@link Journal} as parameters of test methods, and of
 * the methods before and after each, which get the same ones. Virtual time is in force from the
 * moment a test asks for it until the test's end. A thread of virtual time that neither ends nor
 * waits in direct style within 10 s of real time after that fails the test.
 *
 * <p>It sees the contexts that go through {@code use}, {@code useAsync} and {@code AsyncExitStack}
 * in the whole process, so tests that use it run one after the other.
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  static {
    Core.letIn();
  }

  private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);

  /** In real time: how long the threads of a test may go on after its end. */
  private final Duration patience;

  /** Creates an extension; called by JUnit. */
  public LeakCheck() {
    this(Duration.ofSeconds(10));
  }

  LeakCheck(Duration patience) {
    this.patience = patience;
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    test.getStore(NAMESPACE).put(Ledger.class, Ledger.ofTest(test.getRequiredTestClass()));
  }

  @Override
  public void afterEach(ExtensionContext test) {
    var time = test.getStore(NAMESPACE).remove(VirtualTime.class, VirtualTime.class);
    var ledger = test.getStore(NAMESPACE).remove(Ledger.class, Ledger.class);
    try {
      if (time != null) {
        close(time);
      }
    } finally {
      Objects.requireNonNull(ledger).close();
    }
    List<String> faults = ledger.faults();
    if (test.getExecutionException().isEmpty() && !faults.isEmpty()) {
      throw new AssertionError(String.join("; ", faults));
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    Class<?> type = parameter.getParameter().getType();
    return type == VirtualTime.class || type == Journal.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    if (test.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException(
          "virtual time and a journal belong to one test, and no constructor, @BeforeAll or"
              + " @AfterAll has one: make them a parameter of the test, or of @BeforeEach");
    }
    Class<?> type = parameter.getParameter().getType();
    ExtensionContext.Store store = test.getStore(NAMESPACE);
    Object known = store.get(type);
    if (known == null) {
      known = type == Journal.class ? new Journal() : VirtualTime.install();
      store.put(type, known);
    }
    return known;
  }

  private @Nullable Throwable settle(VirtualTime time) {
    try {
      return time.settle(patience);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new AssertionError(
          "interrupted while it waited for the threads of the test, as it may have left its own"
              + " thread interrupted",
          interruption);
    }
  }

  private void close(VirtualTime time) {
    try {
      Throwable busy = settle(time);
      if (busy != null) {
        throw new AssertionError(
            "the test left behind a thread that neither ends nor waits: " + busy.getMessage(),
            busy);
      }
      int threads = time.runningThreads();
      int timers = time.pendingTimers();
      if (threads > 0 || timers > 0) {
        throw new AssertionError(
            "the test left behind " + threads + " waiting threads and " + timers + " timers");
      }
    } finally {
      time.close();
    }
  }
}
