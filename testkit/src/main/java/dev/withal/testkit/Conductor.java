package dev.withal.testkit;

import dev.withal.ExitCase;

/** Told of events at a gate before they happen. */
interface Conductor {
  Conductor NONE = new Conductor() {};

  /** A step is about to wait, unless this lets it go. An exception goes to the step's caller. */
  default void arrives(Gate.Step step) {}

  /** A context of the gate's own is told to exit, for the given number of times so far. */
  default void exits(String name, ExitCase how, int times) {}
}
