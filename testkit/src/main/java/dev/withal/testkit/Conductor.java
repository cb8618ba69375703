package dev.withal.testkit;

import dev.withal.ExitCase;

/** Who hears what happens at a gate, before it does. */
interface Conductor {
  Conductor NONE = new Conductor() {};

  /** A step is about to wait, unless this lets it go. What this throws, the step's caller gets. */
  default void arrives(Gate.Step step) {}

  /** A context of the gate's own is told to exit, for the {@code times}-th time. */
  default void exits(String name, ExitCase how, int times) {}
}
