package dev.withal.examples.recipes;

import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;

/** A lock of Curator's. */
public final class CuratorRecipes {
  private CuratorRecipes() {}

  /**
   * {@return a lock that machines share}
   *
   * @param mutex the lock
   */
  public static AsyncContextManager<InterProcessMutex> lock(InterProcessMutex mutex) {
    // @start region="lock"
    return ContextManager.closing(() -> acquired(mutex), InterProcessMutex::release).async();
    // @end
  }

  // @start region="acquired"
  private static InterProcessMutex acquired(InterProcessMutex mutex) throws Exception {
    mutex.acquire();
    return mutex;
  }
  // @end
}
