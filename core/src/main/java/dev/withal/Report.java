package dev.withal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something that went wrong and that no caller is left to be told: those who asked have had their
 * answer, or still wait.
 *
 * <p>Reports go to the listeners of {@link #listen}; while there is none, they are logged as
 * warnings by the {@link Logger} named {@code dev.withal}. Immutable and thread-safe.
 *
 * {@snippet class="dev.withal.guide.ErrorsTest" region="report"}
 *
 * @param kind what kind of thing happened
 * @param context the name of the manager, or what stands for it
 * @param message one sentence that says what happened
 * @param error what failed, or where a thread is held; null if nothing is to be said
 */
public record Report(Kind kind, String context, String message, @Nullable Throwable error) {

  /** What kind of thing happened. */
  public enum Kind {
    /** An exit began although the body still ran: it did not end within the grace period. */
    OVERLAP,
    /** An enter, a body or an exit failed after its caller had stopped waiting. */
    LATE_FAILURE,
    /**
     * An exit takes long, and is still waited for; told while an {@link Async#run} is under way.
     */
    SLOW_EXIT,
    /** An exit took longer than its timeout, and nobody waits for it any more. */
    ABANDONED_EXIT,
    /** An enter, a body or an exit holds an event-loop thread. */
    BLOCKED_EVENT_LOOP,
    /** An action that was to be called back failed. */
    FAILED_CALLBACK
  }

  private static final Logger LOG = System.getLogger("dev.withal");
  private static final List<Consumer<? super Report>> LISTENERS = new CopyOnWriteArrayList<>();

  /** Refuses nulls where they mean nothing. */
  public Report {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(message, "message");
  }

  /** The registration of a listener. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {
    /** Ends the registration; does nothing if it has ended. */
    @Override
    void close();
  }

  /**
   * Registers a listener for all reports of this process.
   *
   * <p>It is called on the thread that has something to report, which may be an event loop's, so it
   * must not block. What it throws is logged, together with the report, and stops nobody.
   *
   * @param listener hears of each report
   * @return the registration, to be closed when the listener has heard enough
   */
  public static Registration listen(Consumer<? super Report> listener) {
    Objects.requireNonNull(listener, "listener");
    // An entry of its own, so that one listener can be registered twice.
    Consumer<Report> entry = listener::accept;
    LISTENERS.add(entry);
    return () -> LISTENERS.remove(entry);
  }

  static void send(Kind kind, Object context, String message, @Nullable Throwable error) {
    var report = new Report(kind, String.valueOf(context), message, error);
    if (LISTENERS.isEmpty()) {
      report.log();
      return;
    }
    for (Consumer<? super Report> listener : LISTENERS) {
      try {
        listener.accept(report);
      } catch (Throwable failure) {
        report.log();
        LOG.log(Level.WARNING, "a listener failed on the report before", failure);
      }
    }
  }

  private void log() {
    LOG.log(Level.WARNING, context + ": " + message, error);
  }
}
