package dev.withal.internal;

import dev.withal.AsyncContextManager;
import org.jspecify.annotations.Nullable;

/**
 * A manager whose contexts tell what it is called.
 *
 * @param <T> the type of the value
 */
public interface Named<T extends @Nullable Object> extends AsyncContextManager<T> {

  /**
   * {@return the same manager under another name}
   *
   * @param name the name
   */
  AsyncContextManager<T> withName(String name);
}
