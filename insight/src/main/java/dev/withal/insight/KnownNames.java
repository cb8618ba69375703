package dev.withal.insight;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The first hundred names, so that what is kept by name stays bounded; all later ones are one. */
final class KnownNames {
  private static final int MOST = 100;
  private static final String OTHERS = "others";

  private final Set<String> names = ConcurrentHashMap.newKeySet();

  /** {@return the name itself, or that of all later ones} */
  String known(String name) {
    if (names.size() < MOST) {
      names.add(name);
    }
    return names.contains(name) ? name : OTHERS;
  }

  Set<String> all() {
    return names;
  }
}
