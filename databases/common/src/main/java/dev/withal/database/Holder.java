package dev.withal.database;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An enter or a use that occupies a place in a pool, and with it a connection.
 *
 * <p>Immutable and thread-safe.
 *
 * @param name the name of the context
 * @param step the phase that it is in
 * @param age how long it has had the place, in real time
 * @param thread the thread that has it, in direct style; null if no thread is known to. {@link
 *     Thread#getStackTrace()} shows its current activity
 * @param site where it was entered, as {@code Orders.java:42}; null unless contexts are watched,
 *     for example by a leak check
 */
public record Holder(
    String name, Step step, Duration age, @Nullable Thread thread, @Nullable String site) {

  /** The phase of a context that has a connection. */
  public enum Step {
    /** The connection is being opened or validated. */
    ENTER("opening"),
    /** The body has the connection. */
    BODY("in the body"),
    /** The connection is on its way back: it is committed, rolled back and put in order. */
    EXIT("in the exit");

    private final String text;

    Step(String text) {
      this.text = text;
    }
  }

  /**
   * Creates a holder.
   *
   * @throws NullPointerException if name, step or age is null
   */
  public Holder {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(step, "step");
    Objects.requireNonNull(age, "age");
  }

  /** {@return a phrase with all components, such as "orders for 31 s in the body"} */
  @Override
  public String toString() {
    long millis = age.toMillis();
    return name
        + " for "
        + (millis < 1000 ? millis + " ms " : millis / 1000 + " s ")
        + step.text
        + (thread == null ? "" : " on " + nameOf(thread))
        + (site == null ? "" : " at " + site);
  }

  private static String nameOf(Thread thread) {
    return thread.getName().isEmpty() ? "thread #" + thread.threadId() : thread.getName();
  }
}
