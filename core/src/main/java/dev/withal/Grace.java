package dev.withal;

import java.time.Duration;

/** How long a caller who asked for an end waits for an enter or a body. */
final class Grace {
  static final Duration DEFAULT = Duration.ofSeconds(1);
  static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);

  private Grace() {}
}
