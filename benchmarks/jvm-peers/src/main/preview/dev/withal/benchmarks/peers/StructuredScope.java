package dev.withal.benchmarks.peers;

import java.util.concurrent.StructuredTaskScope;

/** The JDK's own, a preview: compiled apart from all else, and run in a process that has it on. */
public final class StructuredScope implements TaskPeer {

  @Override
  public void run(int tasks, Runnable work) throws InterruptedException {
    try (var scope = StructuredTaskScope.open()) {
      for (int i = 0; i < tasks; i++) {
        scope.fork(work);
      }
      scope.join();
    }
  }
}
