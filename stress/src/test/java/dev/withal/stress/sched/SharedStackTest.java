package dev.withal.stress.sched;

import dev.withal.AsyncExitStack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** L1, L2, L4, L8, L11 and L12 of a stack that several threads share. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SharedStackTest {
  private static final Duration LESS_THAN_THE_GRACE_PERIOD = Duration.ofMillis(900);

  @Test
  void stack_isFilledByTwoThreadsAndCloses_exitsAllOnceLastFirst() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("stack");
      whole.on(
          "owner",
          () ->
              AsyncExitStack.manager()
                  .use(stack -> {
                    run.thread("filler-1", () -> inOrder(fill(run, stack, "1"), whole));
                    run.thread("filler-2", () -> inOrder(fill(run, stack, "2"), whole));
                    run.pauses(20);
                    run.asks();
                    return run.oneIn(4) ? raise(run) : "done";
                  }));
      run.interrupt(whole);
    });
  }

  @Test
  void stack_isFilledAndTransferredSometime_exitsAllOnce() {
    Seeds.play(run -> {
      AsyncExitStack stack = AsyncExitStack.open();
      Outcome rest = run.outcome("rest");
      Outcome moved = run.outcome("moved");
      run.thread("filler-1", () -> fill(run, stack, "1"));
      run.thread("filler-2", () -> fill(run, stack, "2"));
      run.sometime(
          "closer",
          () -> {
            run.asks();
            rest.future(stack.closeAsync());
          });
      run.sometime(
          "heir",
          () -> {
            AsyncExitStack heir;
            try {
              heir = stack.popAll();
            } catch (IllegalStateException closed) {
              run.note("popAll refused");
              return;
            }
            run.pauses(10);
            moved.future(heir.closeAsync());
          });
    });
  }

  @Test
  void stack_isClosedByTwoThreads_bothSeeItsEnd() {
    Seeds.play(run -> {
      AsyncExitStack stack = AsyncExitStack.open();
      Outcome first = run.outcome("first");
      Outcome second = run.outcome("second");
      List<Resource> taken = fill(run, stack, "1");
      inOrder(taken, first);
      second.owed.addAll(first.owed);
      first.on(
          "first",
          () -> {
            run.pauses(10);
            run.asks();
            stack.close();
            return "closed";
          });
      run.sometime(
          "second",
          () -> {
            run.asks();
            second.future(stack.closeAsync());
          });
      run.interrupt(first);
    });
  }

  private static String raise(Run run) {
    throw run.error("body of the stack");
  }

  /** Puts some things on the stack, one after the other. {@return what the stack took} */
  private static List<Resource> fill(Run run, AsyncExitStack stack, String name) {
    var taken = new ArrayList<Resource>();
    for (String part : List.of("a", "b", "c")) {
      var resource = new Resource(run, name + part, null).within(LESS_THAN_THE_GRACE_PERIOD);
      if (isTaken(run, stack, resource)) {
        taken.add(resource);
      }
      run.pauses(3);
    }
    return taken;
  }

  /** The stack exits these, last first, before it has ended. */
  private static void inOrder(List<Resource> taken, Outcome whole) {
    Resource before = null;
    for (Resource resource : taken) {
      resource.inside(before);
      before = resource;
      whole.owed.add(resource.latest);
    }
  }

  private static boolean isTaken(Run run, AsyncExitStack stack, Resource resource) {
    Outcome call = run.outcome("call for " + resource);
    switch (run.scheduler.random().nextInt(3)) {
      case 0 -> call.here(() -> stack.enter(resource));
      case 1 -> {
        call.future(stack.enterAsync(resource));
        // Where the stack is closed, nothing is entered.
        return resource.latest != null;
      }
      default ->
          call.here(() -> {
            var adopted = new Opened(resource);
            adopted.adopt();
            stack.pushAsync(adopted::exitAsync);
            return adopted;
          });
    }
    return call.error == null;
  }
}
