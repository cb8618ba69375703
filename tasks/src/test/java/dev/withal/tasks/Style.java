package dev.withal.tasks;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.testkit.VirtualTime;
import java.util.concurrent.CompletableFuture;

/** How a group is used, and its tasks are begun. */
enum Style {
  DIRECT {
    @Override
    void run(AsyncContextManager<TaskGroup> manager, VirtualTime time, Begins body)
        throws Exception {
      manager.run(group -> body.in(group, this));
    }

    @Override
    CompletableFuture<String> job(TaskGroup group, Jobs jobs, String name, int millis) {
      return group.fork(jobs.job(name, millis));
    }

    @Override
    CompletableFuture<String> failing(TaskGroup group, Jobs jobs, String name, int millis) {
      return group.fork(jobs.failing(name, millis));
    }
  },

  STAGE {
    @Override
    void run(AsyncContextManager<TaskGroup> manager, VirtualTime time, Begins body)
        throws Exception {
      time.await(
          manager.useAsync(group -> {
            body.in(group, this);
            return CompletableFuture.completedFuture(null);
          }));
    }

    @Override
    CompletableFuture<String> job(TaskGroup group, Jobs jobs, String name, int millis) {
      return group.start(jobs.stage(name, millis));
    }

    @Override
    CompletableFuture<String> failing(TaskGroup group, Jobs jobs, String name, int millis) {
      return group.start(jobs.failingStage(name, millis));
    }
  },

  /** Entered on a stack, which has no body that could wait. */
  STACK {
    @Override
    void run(AsyncContextManager<TaskGroup> manager, VirtualTime time, Begins body)
        throws Exception {
      dev.withal.AsyncExitStack.manager().run(stack -> body.in(stack.enter(manager), this));
    }

    @Override
    CompletableFuture<String> job(TaskGroup group, Jobs jobs, String name, int millis) {
      return group.fork(jobs.job(name, millis));
    }

    @Override
    CompletableFuture<String> failing(TaskGroup group, Jobs jobs, String name, int millis) {
      return group.fork(jobs.failing(name, millis));
    }
  };

  interface Begins {
    void in(TaskGroup group, Style style) throws Exception;
  }

  abstract void run(AsyncContextManager<TaskGroup> manager, VirtualTime time, Begins body)
      throws Exception;

  abstract CompletableFuture<String> job(TaskGroup group, Jobs jobs, String name, int millis);

  abstract CompletableFuture<String> failing(TaskGroup group, Jobs jobs, String name, int millis);

  /** Waits for a moment, in a body that may. */
  static void pause(int millis) throws InterruptedException {
    Async.sleep(java.time.Duration.ofMillis(millis));
  }
}
