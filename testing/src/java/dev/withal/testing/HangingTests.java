package dev.withal.testing;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.PreInterruptCallback;
import org.junit.jupiter.api.extension.PreInterruptContext;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Says which test hangs and where all threads are, and ends the process if nothing else ends it.
 *
 * <p>JUnit interrupts a test that exceeds its timeout. The threads are printed before, as they are
 * elsewhere afterwards. A test may be deaf to that, and JUnit then waits for ever: once nothing has
 * begun or ended for the limit, this halts the process, whose exit code fails the build. The limit
 * is the system property {@code hanging.limit}, two minutes by default.
 *
 * <p>The tests of every module are compiled with this class, and JUnit finds it by its service
 * files: as a listener of the launcher for one purpose, as an extension for the other.
 */
public final class HangingTests implements TestExecutionListener, PreInterruptCallback {
  private static final Duration LIMIT = Duration.parse(System.getProperty("hanging.limit", "PT2M"));
  private static final Duration LIMIT_OF_PRINTING = Duration.ofSeconds(20);
  private static final int EXIT_CODE = 3;

  /** Where a test may be for as long as somebody looks at it. */
  private static final boolean DEBUGGED =
      ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
          .anyMatch(argument -> argument.startsWith("-agentlib:jdwp"));

  /** Not System.err, which runners of tests replace: what they hold back, a halt loses. */
  private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

  /** One for all, because some runners make a launcher for every test. */
  private static final ScheduledThreadPoolExecutor CLOCK =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("hanging-tests").factory());

  static {
    CLOCK.setRemoveOnCancelPolicy(true);
  }

  private Future<?> end = CompletableFuture.completedFuture(null);

  /** For JUnit. */
  public HangingTests() {}

  @Override
  public void executionStarted(TestIdentifier test) {
    restart(test.getUniqueId());
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    restart("what follows " + test.getUniqueId());
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan plan) {
    end.cancel(false);
  }

  @Override
  public void beforeThreadInterrupt(PreInterruptContext interrupt, ExtensionContext test)
      throws InterruptedException {
    print(test.getUniqueId() + ": has timed out, and is interrupted");
  }

  private synchronized void restart(String test) {
    end.cancel(false);
    if (!DEBUGGED) {
      end = CLOCK.schedule(() -> halt(test), LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private static void halt(String test) {
    try {
      print(test + ": hangs for " + LIMIT + ", and the process ends");
    } catch (InterruptedException ignored) {
      // Ends the process all the same.
    } finally {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  /** On a thread that isn't waited for without end: what hangs may hold what printing needs. */
  private static void print(String what) throws InterruptedException {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          write(what);
          write(threads());
        })
        .join(LIMIT_OF_PRINTING);
  }

  private static void write(String text) {
    try {
      ERR.write((text + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return where all threads are, with the virtual ones} */
  private static String threads() {
    try {
      Path folder = Files.createTempDirectory("hanging-tests");
      Path file = folder.resolve("threads.txt");
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
      String threads = Files.readString(file);
      Files.delete(file);
      Files.delete(folder);
      return threads;
    } catch (IOException e) {
      return "where its threads are can't be shown: " + e;
    }
  }
}
