package dev.withal.timeline;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One context that a process holds, as it tells of it.
 *
 * @param id its id, negative if it is {@link #BEFORE_INSIGHT}
 * @param parent the id of the one that it is nested in; 0 if there is none, or nobody knows
 * @param isParentUnknown whether nobody knows
 * @param manager the name
 * @param phase {@code entering}, {@code body} or {@code exiting}
 * @param since when that began, or {@link #BEFORE_INSIGHT}
 * @param enteredAt when its enter began, or {@link #BEFORE_INSIGHT}
 * @param where the line; null if nobody knows
 * @param thread the name of the thread that entered it; null if nobody knows
 * @param asked why it was asked to end; null if it wasn't
 * @param isLeaked whether nobody is left to exit it
 */
public record HeldContext(
    long id,
    long parent,
    boolean isParentUnknown,
    String manager,
    String phase,
    Instant since,
    Instant enteredAt,
    @Nullable String where,
    @Nullable String thread,
    @Nullable String asked,
    boolean isLeaked) {

  /** The time of what was entered before Insight was on, which nobody knows. */
  public static final Instant BEFORE_INSIGHT = Instant.MIN;

  public boolean isOlderThanInsight() {
    return enteredAt.equals(BEFORE_INSIGHT);
  }
}
