package dev.withal.conformance;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** In which style scenarios are run. */
enum Style {
  DIRECT,
  STAGE;

  /** {@return the style of that name; null if there is none} */
  static @Nullable Style named(String name) {
    for (Style style : values()) {
      if (style.label().equals(name)) {
        return style;
      }
    }
    return null;
  }

  /** {@return what the command line calls it} */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  Machine machine() {
    return switch (this) {
      case DIRECT -> new DirectMachine();
      case STAGE -> new StageMachine();
    };
  }
}
