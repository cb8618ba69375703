package dev.withal;

/** How far a use has come. */
enum Phase {
  ENTERING,
  BODY,
  EXITING,
  /** Before the exit, a result that nobody will receive is released. */
  DROPPING,
  /** After the exit, it is. */
  DROPPING_LAST,
  /** The exit runs, and so does the body. */
  OVERLAPPING,
  /** The caller has the result, but the enter still runs. */
  ORPHANED,
  /** Nothing comes here any more. */
  ENDED
}
