package dev.withal.conformance;

import java.util.function.Supplier;

/** In which style scenarios are run. */
enum Style {
  DIRECT(DirectMachine::new),
  STAGE(StageMachine::new);

  private final Supplier<Machine> maker;

  Style(Supplier<Machine> maker) {
    this.maker = maker;
  }

  Machine machine() {
    return maker.get();
  }
}
