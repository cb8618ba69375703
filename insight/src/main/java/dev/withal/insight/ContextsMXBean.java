package dev.withal.insight;

/**
 * The contexts that a program holds now; registered as {@code dev.withal:type=Contexts} while
 * Insight is on.
 *
 * <p>Each answer goes through what is held without stopping anybody: what is entered or exited
 * meanwhile may or may not be in it.
 */
public interface ContextsMXBean {

  /** {@return how many contexts are entered, held or exited now, without those that have leaked} */
  long getHeld();

  /** {@return how many have leaked since Insight was switched on} */
  long getLeaked();

  /**
   * {@return the tree of what is held, one line for all that are alike} It says their name and
   * number, step, age, line, thread and request, and begins with a line that counts them.
   *
   * @param max how many lines at most, the first one not counted; what is left out is counted in a
   *     last one
   * @throws IllegalArgumentException if {@code max} is less than 1
   */
  String tree(int max);

  /**
   * {@return a line of JSON for each context, those that are held longest first} Each is an object
   * with {@code format} (1), {@code id}, {@code manager}, {@code phase} ({@code entering}, {@code
   * body} or {@code exiting}), {@code since}, the moment at which that began, in ISO 8601, and
   * {@code enteredAt}, the one at which its enter began. Where they are known, there are {@code
   * parent}, the id of another one, {@code where}, {@code thread}, and {@code asked}, an object of
   * {@code since} and {@code reason}. {@code parentUnknown} and {@code leaked} are true or absent.
   *
   * @param max how many lines at most
   * @throws IllegalArgumentException if {@code max} is less than 1
   */
  String json(int max);

  /**
   * {@return a line of JSON for each name and line of contexts that have leaked since Insight was
   * switched on, those found last first} Each is an object with {@code format} (1), {@code
   * manager}, {@code count} and {@code found}, the moment at which the last one was found, in ISO
   * 8601; and with {@code where}, if that is known. The latest 1,000 are kept.
   *
   * @param max how many lines at most
   * @throws IllegalArgumentException if {@code max} is less than 1
   */
  String leaks(int max);
}
