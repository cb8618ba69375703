package dev.withal.benchmarks;

import static dev.withal.benchmarks.Target.atMost;
import static dev.withal.benchmarks.Target.time;

import dev.withal.benchmarks.jmh.GroupOfPeer;
import dev.withal.benchmarks.jmh.GroupOfTasks;
import java.util.List;

/** The cases of tasks in a group. */
final class TaskCases {
  static final List<Case> ALL =
      List.of(
          Case.of("tasks", "a forked task", tasks("fork"))
              .floor("thread and latch", tasks("threadAndLatch"))
              .library("StructuredTaskScope", peer(GroupOfPeer.PREVIEW))
              .library("coroutineScope", peer("Coroutines"))
              .target(time(1.2, "thread and latch"))
              .target(time(1.2, "StructuredTaskScope"))
              .target(time(3, "coroutineScope")),
          Case.of("tasks", "a task in stage style, complete at once", tasks("start"))
              .target(atMost(Metric.TIME, 1_000)));

  private TaskCases() {}

  private static Subject tasks(String method) {
    return Subject.of(GroupOfTasks.class, method);
  }

  private static Subject peer(String name) {
    return Subject.of(GroupOfPeer.class, "run").with("peer", name);
  }
}
