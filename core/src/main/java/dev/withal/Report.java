package dev.withal;

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
 * warnings by the {@link System.Logger} named {@code dev.withal}. What a listener makes Withal
 * report is logged as well; what can't be logged is printed on {@link System#err}. Immutable and
 * thread-safe.
 *
 * {@snippet class="dev.withal.guide.ErrorsTest" region="report"}
 *
 * @param kind what kind of thing happened
 * @param context the name of the manager, or what stands for it: what it was {@linkplain
 *     AsyncContextManager#named named}, or else what its {@code toString} says
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
    /** An exit takes more than 10 s, and is still waited for. */
    SLOW_EXIT,
    /** An exit took longer than its timeout, and nobody waits for it any more. */
    ABANDONED_EXIT,
    /** A body's result that nobody received is left open, as nobody said how it is released. */
    DROPPED_VALUE,
    /** An enter, a body or an exit holds an event-loop thread. */
    BLOCKED_EVENT_LOOP,
    /** An action that was to be called back failed. */
    FAILED_CALLBACK,
    /** A system property has a value that can't be taken; the usual one is taken instead. */
    BAD_SETTING
  }

  private static final List<Consumer<? super Report>> LISTENERS = new CopyOnWriteArrayList<>();

  /** How many reports the calling thread is telling: listeners and loggers may cause others. */
  private static final ThreadLocal<Integer> TELLING = ThreadLocal.withInitial(() -> 0);

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

  /** Never throws, whatever the code does that is told. */
  static void send(Kind kind, Object context, String message, @Nullable Throwable error) {
    int outer = TELLING.get();
    TELLING.set(outer + 1);
    try {
      var report = new Report(kind, nameOf(context), message, error);
      switch (outer) {
        case 0 -> report.tell();
        case 1 -> log(report.text(), error);
        default -> print(report.text(), error);
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
    try {
      String name = named.toString();
      if (name == null) {
        return named.getClass().getName() + ", whose toString returns null";
      }
      int lambda = named.getClass().isHidden() ? name.indexOf("$$Lambda") : -1;
      return lambda < 0 ? name : "lambda of " + name.substring(0, lambda);
    } catch (Throwable failure) {
      return named.getClass().getName() + ", whose toString throws " + failure.getClass().getName();
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
    } catch (Throwable _) {
      // Nobody is left to be told.
    }
  }
}
