package dev.withal.files;

/** Threads that a test needs to be waiting. */
final class Parked {
  private Parked() {}

  /** Starts the task, and returns when its thread waits or has ended. */
  static Thread start(Runnable task) {
    Thread thread = Thread.ofVirtual().start(task);
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
    return thread;
  }
}
