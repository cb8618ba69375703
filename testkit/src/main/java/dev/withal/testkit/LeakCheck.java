package dev.withal.testkit;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A JUnit extension that fails a test that leaves something behind: a context that was entered and
 * not exited, or exited twice; a thread or a timer of virtual time.
 *
 * <p>It provides {@link VirtualTime} and a {@link Journal} as parameters of test methods. Virtual
 * time is in force from the moment a test asks for it until the test's end.
 *
 * <p>It sees the contexts that go through {@code use}, {@code useAsync} and {@code AsyncExitStack}
 * in the whole process, so tests that use it run one after the other.
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  static {
    Core.letIn();
  }

  private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);

  /** Creates an extension; called by JUnit. */
  public LeakCheck() {}

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
    if (parameter.getParameter().getType() == Journal.class) {
      return new Journal();
    }
    VirtualTime time = VirtualTime.install();
    test.getStore(NAMESPACE).put(VirtualTime.class, time);
    return time;
  }

  private static void close(VirtualTime time) {
    try {
      time.settle();
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
