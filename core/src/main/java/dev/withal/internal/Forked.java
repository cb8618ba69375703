package dev.withal.internal;

import org.jspecify.annotations.Nullable;

/** A task that begins on a thread of its own, and is recorded there while somebody traces. */
public interface Forked extends Runnable {

  /** {@return what was handed over to be run: its class tells the line} */
  Object body();

  /** {@return the error with which it ended; null if it has succeeded, or hasn't ended} */
  @Nullable Throwable failure();
}
