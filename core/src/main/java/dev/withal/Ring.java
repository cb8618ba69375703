package dev.withal;

import org.jspecify.annotations.Nullable;

/**
 * Uses that wait for each other, so that none would ever end.
 *
 * <p>Design: a use looks for a ring once it has said for whom it waits and has been entered there
 * as a dependent. So whoever is last to close one sees all of it, and refuses: nobody walks round a
 * ring for longer than that takes. A use that nobody waits for closes none, which spares deep nests
 * the walk.
 */
final class Ring {
  /** How many uses a message names. */
  private static final int SHOWN = 5;

  private Ring() {}

  /** {@return why the use can't wait for the other future, which waits for it; null if it can} */
  static @Nullable IllegalStateException of(GracedFuture<?> use, RequestFuture<?> other) {
    if (use.getNumberOfDependents() == 0) {
      return null;
    }
    RequestFuture<?> at = other;
    while (at != null && at != use) {
      at = at.awaitedUse();
    }
    return at == null ? null : new IllegalStateException(message(use, other));
  }

  private static String message(GracedFuture<?> use, RequestFuture<?> other) {
    var message = new StringBuilder("the use of " + use.name() + " would never end");
    int uses = 0;
    for (RequestFuture<?> at = other; at != null && at != use; at = at.awaitedUse()) {
      if (at instanceof GracedFuture<?> next && uses++ < SHOWN) {
        message.append(uses == 1 ? ": it waits for that of " : ", which waits for that of ");
        message.append(next.name());
      }
    }
    message.append(uses == 0 ? ", as it waits for its own end" : ", which waits for ");
    message.append(uses > SHOWN ? "others, and these for it" : uses == 0 ? "" : "it");
    return message.toString();
  }
}
