package dev.withal.insight;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Those who want to hear of each use, independent of the library that they tell. */
final class Observers {
  /** Wants to hear of each use; must not throw. */
  @FunctionalInterface
  interface Observer {
    /**
     * A use begins, on the calling thread. {@return what hears of it; null for nothing}
     *
     * @param named what knows its name
     * @param site where it begins; null if that isn't known
     */
    @Nullable UseListener begin(Object named, @Nullable String site);
  }

  private static final List<Observer> OBSERVERS = new CopyOnWriteArrayList<>();

  private Observers() {}

  static void add(Observer observer) {
    OBSERVERS.add(observer);
  }

  static void remove(Observer observer) {
    OBSERVERS.remove(observer);
  }

  /** {@return what hears of a use that begins; null if nobody wants to} */
  static @Nullable UseListener begin(
      @Nullable UseListener before, @Nullable Object named, @Nullable String site) {
    UseListener all = before;
    if (named == null || OBSERVERS.isEmpty()) {
      return all;
    }
    for (Observer observer : OBSERVERS) {
      UseListener one = observer.begin(named, site);
      if (one != null) {
        all = all == null ? one : new UseListener.Both(all, one);
      }
    }
    return all;
  }
}
