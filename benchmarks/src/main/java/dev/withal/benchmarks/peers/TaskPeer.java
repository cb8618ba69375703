package dev.withal.benchmarks.peers;

/** A way to run tasks at the same time, and to wait for all of them. */
public interface TaskPeer {

  /**
   * Runs tasks, and returns when all of them have ended.
   *
   * @param tasks how many
   * @param work what each of them does
   * @throws InterruptedException if the calling thread is interrupted
   */
  void run(int tasks, Runnable work) throws InterruptedException;
}
