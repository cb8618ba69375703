package dev.withal.internal;

/**
 * A manager whose contexts tell what it is called.
 *
 * @param <M> the type of the manager
 */
public interface Named<M> {

  /**
   * {@return the same manager under another name}
   *
   * @param name the name
   */
  M withName(String name);
}
