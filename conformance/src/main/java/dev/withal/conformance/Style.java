package dev.withal.conformance;

/** In which style scenarios are run. */
enum Style {
  DIRECT,
  STAGE;

  Machine machine() {
    return switch (this) {
      case DIRECT -> new DirectMachine();
      case STAGE -> new StageMachine();
    };
  }
}
