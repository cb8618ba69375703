package dev.withal.testkit;

import org.jspecify.annotations.Nullable;

/**
 * The course of one trial.
 *
 * @param style the style in which the manager is used
 * @param ending how the body ends, unless something else ends it
 * @param fault the fault of one step; null for none
 * @param step the index of that step, counted from 0; {@link #ASKED} for the one that waits when
 *     the use is asked to end
 * @param ask how the use is asked to end; null if it isn't
 * @param position the number of the trial's move before which it is asked
 */
record Plan(
    Style style, Ending ending, @Nullable Fault fault, int step, @Nullable Ask ask, int position) {

  static final int ASKED = -1;

  /** The style in which a manager is used. */
  enum Style {
    /** In stage style; every step is complete already. */
    AT_ONCE("stage style, every step complete already"),
    /** In stage style; steps end later, on threads that change. */
    STAGE("stage style"),
    /** In direct style on a virtual thread. */
    DIRECT("direct style"),
    /** Entered on an exit stack, itself in use in stage style. */
    STACK("on an exit stack"),
    /** Entered on an exit stack that is closed and popped by hand. */
    OPEN_STACK("on an open exit stack");

    private final String words;

    Style(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** The way in which a body ends. */
  enum Ending {
    VALUE,
    FAILURE,
    FATAL,
    CANCELLED
  }

  /** The fault of a step. */
  enum Fault {
    /** It throws, instead of beginning. */
    THROWS,
    /** It fails with an exception. */
    FAILS,
    /** It fails with an {@code Error}. */
    FAILS_FATALLY,
    /** It goes only when nothing else can happen any more. */
    COMES_LATE
  }

  /** The way in which a use is asked to end. */
  enum Ask {
    CANCEL,
    TIMEOUT,
    COMPLETE,
    INTERRUPT,
    CLOSE,
    TRANSFER
  }

  static Plan undisturbed(Style style, Ending ending) {
    return new Plan(style, ending, null, 0, null, 0);
  }

  static Plan faulty(Style style, Ending ending, Fault fault, int step) {
    return new Plan(style, ending, fault, step, null, 0);
  }

  static Plan asked(Style style, Ask ask, @Nullable Fault fault, int position) {
    return new Plan(style, Ending.VALUE, fault, ASKED, ask, position);
  }

  /** Whether only the body's own end happens. */
  boolean isUndisturbed() {
    return fault == null && ask == null;
  }

  boolean isFatal() {
    return ending == Ending.FATAL || fault == Fault.FAILS_FATALLY;
  }
}
