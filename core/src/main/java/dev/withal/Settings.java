package dev.withal;

import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a manager is told beside how to enter.
 *
 * @param name what messages call it; null for its own {@code toString}
 * @param grace how long a caller who asked for an end waits for an enter or a body
 * @param enterTimeout how long an enter may take; null if nothing bounds it
 * @param executor where stage style continues; null for the completing thread
 */
record Settings(
    @Nullable String name,
    Duration grace,
    @Nullable Duration enterTimeout,
    @Nullable Executor executor) {

  static final Duration DEFAULT_GRACE = Duration.ofSeconds(1);
  static final Settings DEFAULT = new Settings(null, DEFAULT_GRACE, null, null);

  /** Longer than any process runs; what is this long needs no timer. */
  private static final Duration UNBOUNDED = Duration.ofDays(365_000);

  static boolean isBounded(Duration duration) {
    return duration.compareTo(UNBOUNDED) < 0;
  }

  Settings withName(String other) {
    return new Settings(other, grace, enterTimeout, executor);
  }

  Settings withGrace(Duration other) {
    return new Settings(name, other, enterTimeout, executor);
  }

  Settings withEnterTimeout(Duration other) {
    return new Settings(name, grace, other, executor);
  }

  Settings withExecutor(Executor other) {
    return new Settings(name, grace, enterTimeout, other);
  }

  /** {@return what messages call the manager} */
  String nameOf(AsyncContextManager<?> manager) {
    return name == null ? manager.toString() : name;
  }
}
