package dev.withal.files;

import java.util.concurrent.Executor;

/** Runs each task on a virtual thread of its own. */
final class VirtualThreads implements Executor {
  private final Thread.Builder.OfVirtual builder =
      Thread.ofVirtual().name("withal-files").inheritInheritableThreadLocals(false);

  @Override
  public void execute(Runnable task) {
    builder.unstarted(task).start();
  }
}
