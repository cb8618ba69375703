package dev.withal.internal;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tells a watcher, if there is one, of every context that is entered and of every exit that begins.
 */
public final class Held {
  private static final AtomicReference<@Nullable Watcher> WATCHER = new AtomicReference<>();

  private Held() {}

  /** Hears of contexts, on the thread that enters or exits them; must not throw. */
  public interface Watcher {

    /**
     * A context was handed out.
     *
     * @param context which
     */
    void entered(Object context);

    /**
     * A context's exit begins.
     *
     * @param context which
     */
    void exited(Object context);
  }

  /**
   * Puts a watcher in place.
   *
   * @param expected the one in place now, or null
   * @param replacement the one to put there, or null for none
   * @throws IllegalStateException if another one than {@code expected} is in place
   */
  public static void replace(@Nullable Watcher expected, @Nullable Watcher replacement) {
    if (!WATCHER.compareAndSet(expected, replacement)) {
      throw new IllegalStateException(
          "another watcher is in place: only one leak check can run at a time");
    }
  }

  /** {@return the watcher in place, or null} */
  public static @Nullable Watcher watcher() {
    return WATCHER.get();
  }

  /**
   * A context was handed out.
   *
   * @param context which
   */
  public static void entered(Object context) {
    Watcher watcher = WATCHER.getPlain();
    if (watcher != null) {
      watcher.entered(context);
    }
  }

  /**
   * A context's exit begins.
   *
   * @param context which
   */
  public static void exited(Object context) {
    Watcher watcher = WATCHER.getPlain();
    if (watcher != null) {
      watcher.exited(context);
    }
  }
}
