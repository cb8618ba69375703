package dev.withal.stress.trees;

import dev.withal.stress.trees.Tree.Member;

/**
 * How things stand at an instant while exits run: what the next exit is told (L5, L6).
 *
 * @param kind succeeded, failed, cancelled, or cancelled beside the body
 * @param fault null if it succeeded
 * @param reason why it was asked to end, which the caller sees even if an exit suppresses it
 */
record Ending(long at, String kind, Fault fault, Fault reason) {

  static Ending of(long at, Fault fault) {
    String kind = fault == null ? "succeeded" : fault.answer() ? "cancelled" : "failed";
    return new Ending(at, kind, fault, null);
  }

  static Ending cancelled(long at, Fault reason) {
    return new Ending(at, "cancelled", reason, reason);
  }

  static Ending besideTheBody(long at, Fault reason) {
    return new Ending(at, "beside", reason, reason);
  }

  Ending after(Member exit) {
    Fault error = Fault.of(exit.exitError());
    return switch (exit.answer()) {
      case PROPAGATE -> this;
      case SUPPRESS -> new Ending(at, "succeeded", null, reason);
      case FAIL -> fault == null ? failed(error) : carrying(fault.with(error));
      case REPLACE -> failed(fault == null ? error : error.with(fault));
    };
  }

  private Ending failed(Fault error) {
    return new Ending(at, kind.equals("beside") ? kind : "failed", error, reason);
  }

  private Ending carrying(Fault joined) {
    boolean isReason = reason != null && reason.name().equals(joined.name());
    return new Ending(at, kind, joined, isReason ? joined : reason);
  }

  Ending at(long instant) {
    return new Ending(instant, kind, fault, reason);
  }

  /** {@return what the caller sees} */
  Fault result() {
    return fault == null ? reason : fault;
  }

  @Override
  public String toString() {
    return fault == null ? kind : kind + " " + fault.label();
  }
}
