package dev.withal.examples.recipes;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import java.util.concurrent.Executors;

/** What Hazelcast opens and closes, and locks. */
public final class HazelcastRecipes {
  private HazelcastRecipes() {}

  /**
   * {@return a member of a cluster}
   *
   * @param config says of which; changed
   */
  public static ContextManager<HazelcastInstance> member(Config config) {
    // @start region="member"
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    return ContextManager.closing(
        () -> Hazelcast.newHazelcastInstance(config), HazelcastInstance::shutdown);
    // @end
  }

  /**
   * {@return a lock of one key}
   *
   * @param map has the key
   * @param key the key
   * @param <K> the type of the keys
   * @param <V> the type of the values
   */
  public static <K, V> AsyncContextManager<IMap<K, V>> lock(IMap<K, V> map, K key) {
    // @start region="lock"
    return ContextManager.closing(
            Executors.callable(() -> map.lock(key), map), locked -> locked.unlock(key))
        .async();
    // @end
  }
}
