package dev.withal.tasks;

/**
 * Where a {@linkplain Tasks#produce producer} puts its elements.
 *
 * <p>Good until the producer ends. Thread-safe: tasks of a producer may share it. A null argument
 * is refused with a {@link NullPointerException}.
 *
 * @param <T> the type of the elements
 */
public interface Output<T> {

  /**
   * Puts an element, and blocks until there is room for it.
   *
   * <p>Contexts that the producer is in stay entered meanwhile. If the consumer goes, this call is
   * interrupted, and they are exited before the consumer's use ends. A timeout around this call
   * counts the time that the consumer takes.
   *
   * @param element the element
   * @throws InterruptedException if the calling thread is interrupted, as that of the producer is
   *     when the consumer's context exits
   * @throws java.util.concurrent.CancellationException if the consumer's context exits, on other
   *     threads, or if the producer goes on after its interruption
   * @throws IllegalStateException if the producer has ended
   */
  void put(T element) throws InterruptedException;
}
