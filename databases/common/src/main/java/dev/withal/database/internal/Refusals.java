package dev.withal.database.internal;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import dev.withal.internal.Held;
import dev.withal.internal.Site;
import dev.withal.internal.Tracer;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The errors for callers that get no place; made under the lock of the places.
 *
 * @param pool the pool's name, for messages
 * @param limits the number of places, and the bounds on waiting
 * @param exhausted makes the error from a message that says why no place can be had
 */
record Refusals(
    String pool, Places.Limits limits, Function<String, ? extends Exception> exhausted) {
  /** The number of holders that are listed with their age. */
  private static final int TOLD = 3;

  Exception closed() {
    return new IllegalStateException(pool + " is closed: use it inside its body only");
  }

  Exception closedMeanwhile(Place place) {
    return new IllegalStateException(
        pool + " was closed while " + place.name() + " waited for a connection");
  }

  Exception crowded(Place place, List<Place> taken, int waiting) {
    return refused(
        place, "its queue is full (maxWaiting = " + limits.maxWaiting() + ")", taken, waiting);
  }

  Exception late(Place place, List<Place> taken, int waiting) {
    return refused(place, "none came free within " + limits.enterTimeout(), taken, waiting);
  }

  Exception nested(Place place, List<Place> taken, int waiting) {
    Thread own = Objects.requireNonNull(place.blocked());
    long held = taken.stream().filter(other -> other.blocked() == own).count();
    return refused(
        place,
        "none can come free, as each is held by a body that waits for another one, and this thread"
            + " holds "
            + held
            + ": pass the connection on instead of entering a second one, or make the pool larger",
        taken,
        waiting);
  }

  private Exception refused(Place place, String why, List<Place> taken, int waiting) {
    String holders =
        taken.stream()
            .collect(groupingBy(Place::name, TreeMap::new, counting()))
            .entrySet()
            .stream()
            .map(holder -> holder.getKey() + " (" + holder.getValue() + ")")
            .collect(joining(", "));
    String longest =
        taken.stream().limit(TOLD).map(held -> held.holder().toString()).collect(joining(", "));
    return exhausted.apply(
        "%s got no connection of %s: %s; %d of %d are in use, by %s; %d wait; held longest: %s"
            .formatted(
                place.name(), pool, why, taken.size(), limits.size(), holders, waiting, longest));
  }

  /**
   * {@return the position of the calling thread in foreign code; null unless contexts are watched}
   */
  @Nullable String site() {
    return Held.site() == null && !Tracer.isOn() ? null : Site.here(this::isOfModules);
  }

  /** Tells whether a class belongs to this module, or to the pool's, as the function does. */
  private boolean isOfModules(Class<?> type) {
    ProtectionDomain domain = type.getProtectionDomain();
    return domain == Places.class.getProtectionDomain()
        || domain == exhausted.getClass().getProtectionDomain();
  }
}
