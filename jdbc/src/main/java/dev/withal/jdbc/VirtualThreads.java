package dev.withal.jdbc;

import java.util.concurrent.Executor;

/** Runs each task on a virtual thread of its own. */
final class VirtualThreads implements Executor {
  static final Executor EACH = new VirtualThreads();

  private final Thread.Builder.OfVirtual builder =
      Thread.ofVirtual().name("withal-jdbc").inheritInheritableThreadLocals(false);

  private VirtualThreads() {}

  @Override
  public void execute(Runnable task) {
    builder.unstarted(task).start();
  }
}
