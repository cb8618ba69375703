package dev.withal.database.testing.stories;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The transactions of stories. */
public enum Deal {
  PLAIN("transfer"),
  /** Its begin asks the server in both modules. */
  SERIALIZABLE("transfer"),
  /** One inside another one. */
  STEP("step"),
  /** One whose statements may not take long. */
  SHORT_STATEMENTS("transfer", Duration.ofMillis(100), null),
  /** One that doesn't wait for locks. */
  SHORT_WAITS("transfer", null, Duration.ofMillis(100)),
  LIMITED("transfer", Duration.ofSeconds(7), Duration.ofMillis(100));

  private final String named;
  private final @Nullable Duration statementTimeout;
  private final @Nullable Duration lockWait;

  Deal(String named) {
    this(named, null, null);
  }

  Deal(String named, @Nullable Duration statementTimeout, @Nullable Duration lockWait) {
    this.named = named;
    this.statementTimeout = statementTimeout;
    this.lockWait = lockWait;
  }

  /** {@return its name in messages} */
  public String named() {
    return named;
  }

  /** {@return how long a statement may run, or null for as long as it likes} */
  public @Nullable Duration statementTimeout() {
    return statementTimeout;
  }

  /** {@return how long a statement may wait for a lock, or null for as long as it likes} */
  public @Nullable Duration lockWait() {
    return lockWait;
  }
}
