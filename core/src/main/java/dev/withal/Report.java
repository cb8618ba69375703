package dev.withal;

import dev.withal.internal.Names;
import dev.withal.internal.Reporter;
import dev.withal.internal.Tracer;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A problem that no caller can be told of any more, because every caller already has its result, or
 * is still waiting for it.
 *
 * <p>Reports go to the listeners of {@link #listen}. If there are none, they are logged as warnings
 * by the {@link System.Logger} named {@code dev.withal}. Reports caused by a listener are logged as
 * well; if logging fails, they are printed on {@link System#err}. Immutable and thread-safe.
 *
 * {@snippet class="dev.withal.guide.ErrorsTest" region="report"}
 *
 * @param kind the kind of problem
 * @param context the {@linkplain AsyncContextManager#named name} of the manager, or else its {@code
 *     toString}
 * @param message one sentence that says what happened
 * @param error the error, or the stack trace of a blocked thread; null if there is none
 */
public record Report(Kind kind, String context, String message, @Nullable Throwable error) {

  /** The kind of problem. */
  public enum Kind {
    /** An exit began although the body still ran: it did not end within the grace period. */
    OVERLAP,
    /** An enter, a body or an exit failed after its caller had stopped waiting. */
    LATE_FAILURE,
    /** An exit takes more than 10 s, and is still awaited. */
    SLOW_EXIT,
    /**
     * An exit took longer than its timeout, or was not over when the process or a run ended, and is
     * no longer awaited.
     */
    ABANDONED_EXIT,
    /**
     * A body's result that nobody received was left open, because no way to release it is known.
     */
    DROPPED_VALUE,
    /** An enter, a body or an exit holds an event-loop thread. */
    BLOCKED_EVENT_LOOP,
    /** Something has been held longer than the limit that somebody has set. */
    LONG_HELD,
    /** Something was never exited, and nobody is left who could. */
    LEAK,
    /** A callback failed. */
    FAILED_CALLBACK,
    /** A system property has an invalid value; the default is used instead. */
    BAD_SETTING
  }

  private static final List<Consumer<? super Report>> LISTENERS = new CopyOnWriteArrayList<>();

  /** How many reports the calling thread is telling: listeners and loggers may cause others. */
  private static final ThreadLocal<Integer> TELLING = ThreadLocal.withInitial(() -> 0);

  static {
    Reporter.is(
        (kind, context, message, error) -> send(Kind.valueOf(kind), context, message, error));
  }

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
   * <p>The listener is called on the thread that has something to report, which may be an event
   * loop's, so it must not block. Exceptions that it throws are logged together with the report,
   * and have no other effect.
   *
   * @param listener receives each report
   * @return the registration, which the caller closes to stop listening
   */
  public static Registration listen(Consumer<? super Report> listener) {
    Objects.requireNonNull(listener, "listener");
    // An entry of its own, so that one listener can be registered twice.
    Consumer<Report> entry = listener::accept;
    LISTENERS.add(entry);
    return () -> LISTENERS.remove(entry);
  }

  /**
   * Sends this report to the listeners, or logs it if there are none. For code that adapts uses to
   * other libraries, and has a problem that no caller of its own can be told of. Never throws.
   */
  public void send() {
    send(kind, context, message, error);
  }

  /** Never throws, whatever the code does that is told. */
  static void send(Kind kind, Object context, String message, @Nullable Throwable error) {
    int outer = TELLING.get();
    TELLING.set(outer + 1);
    try {
      var report = new Report(kind, nameOf(context), message, error);
      report.trace(outer);
      if (outer == 0) {
        report.tell();
      } else {
        log(outer, report.text(), error);
      }
    } finally {
      if (outer == 0) {
        TELLING.remove();
      } else {
        TELLING.set(outer);
      }
    }
  }

  /** {@return what a report calls something: what it prints, if it can} */
  static String nameOf(Object named) {
    return Names.of(named);
  }

  /** A tracer must not throw, but passes reports on to code of others. */
  private void trace(int outer) {
    Tracer tracer = Tracer.current();
    if (tracer == null) {
      return;
    }
    try {
      tracer.reported(kind.name(), context, message, error);
    } catch (Throwable failure) {
      log(outer, "the tracer failed on a report: " + text(), failure);
    }
  }

  private void tell() {
    if (LISTENERS.isEmpty()) {
      log(text(), error);
      return;
    }
    for (Consumer<? super Report> listener : LISTENERS) {
      try {
        listener.accept(this);
      } catch (Throwable failure) {
        log(text(), error);
        log("a listener failed on the report before", failure);
      }
    }
  }

  private String text() {
    return context + ": " + message;
  }

  /** What a logger causes is logged once more, and then printed, as it could go on for ever. */
  private static void log(int outer, String text, @Nullable Throwable error) {
    if (outer > 1) {
      print(text, error);
    } else {
      log(text, error);
    }
  }

  private static void log(String text, @Nullable Throwable error) {
    try {
      // Not kept: loading it may fail, and work the next time.
      System.getLogger("dev.withal").log(Level.WARNING, text, error);
    } catch (Throwable failure) {
      print(text, error);
      print("a logger failed on the report before", failure);
    }
  }

  @SuppressWarnings("SystemOut") // the last who can be told
  private static void print(String text, @Nullable Throwable error) {
    try {
      System.err.println("dev.withal: " + text);
      if (error != null) {
        error.printStackTrace(System.err);
      }
    } catch (Throwable ignored) {
      // Nobody is left to be told.
    }
  }
}
