package dev.withal.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of an application of Spring Boot.
 *
 * @param exitTimeout how long all exits are awaited together
 * @param insight the properties of Insight
 */
@ConfigurationProperties("withal")
record WithalProperties(@DefaultValue("30s") Duration exitTimeout, @DefaultValue Insight insight) {
  static final Duration EXIT_TIMEOUT = Duration.ofSeconds(30);

  /** Refuses a negative duration. */
  WithalProperties {
    if (exitTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "withal.exit-timeout is negative: " + exitTimeout + ": set it to zero or more");
    }
  }

  /**
   * The properties of Insight.
   *
   * @param warnAfter after which time a context that is still held is reported; null for never
   */
  record Insight(@Nullable Duration warnAfter) {}
}
