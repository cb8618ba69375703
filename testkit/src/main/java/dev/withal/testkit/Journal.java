package dev.withal.testkit;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The events of a test in the order in which they happened.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class Journal {
  private final List<String> events = new CopyOnWriteArrayList<>();

  /** Creates an empty journal. */
  public Journal() {}

  /**
   * Adds an event at the end.
   *
   * @param event the event
   */
  public void add(String event) {
    events.add(Objects.requireNonNull(event, "event"));
  }

  /** {@return the events so far, the first one first} */
  public List<String> events() {
    return List.copyOf(events);
  }

  @Override
  public String toString() {
    return String.join("\n", events);
  }
}
