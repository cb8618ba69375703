package dev.withal.stress.trees;

import dev.withal.Async;
import dev.withal.AsyncExitStack;
import dev.withal.Cancellation;
import dev.withal.internal.Time;
import dev.withal.stress.trees.Tree.Kind;
import dev.withal.stress.trees.Tree.Member;
import dev.withal.stress.trees.Tree.Raise;
import dev.withal.stress.trees.Tree.Sleep;
import dev.withal.stress.trees.Tree.Step;
import dev.withal.stress.trees.Tree.Use;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/** Carries out a tree with Withal, and writes down what happens. */
final class Player {
  private static final CompletionStage<Object> DONE = CompletableFuture.completedStage(null);

  private final VirtualTime time;
  private final Events events;
  private final Members members;

  Player(VirtualTime time, Events events) {
    this.time = time;
    this.events = events;
    this.members = new Members(time, events);
  }

  /** Uses the root, and asks it to end as the tree says. */
  void play(Tree tree) {
    CompletableFuture<Void> ask =
        tree.ask() == Tree.NEVER
            ? new CompletableFuture<>()
            : Async.sleepAsync(Duration.ofNanos(tree.ask()));
    Throwable error = null;
    try {
      use(tree.root(), ask);
    } catch (Throwable thrown) {
      error = thrown;
    }
    events.end(now(), Label.reachable(error), Thread.interrupted());
    ask.cancel(false);
  }

  private void use(Use root, CompletableFuture<Void> ask) throws Exception {
    if (root.staged()) {
      var stack = new AtomicReference<AsyncExitStack>();
      CompletableFuture<Object> use = useAsync(root, stack);
      ask.thenRun(() -> use.cancel(true));
      time.await(use);
      pushLate(root, stack.get());
    } else {
      Thread own = Thread.currentThread();
      ask.thenRun(() -> time.interrupt(own));
      use(root);
    }
  }

  long now() {
    return time.elapsed().toNanos();
  }

  // ---- direct style ----------------------------------------------------------------------------

  private void use(Use use) throws Exception {
    var stack = new AtomicReference<AsyncExitStack>();
    if (use.staged()) {
      Async.<Object, Exception>await(useAsync(use, stack));
    } else if (use.kind() == Kind.STACK) {
      AsyncExitStack.manager()
          .use(value -> {
            stack.set(value);
            for (Member member : use.members()) {
              value.enter(members.onStack(member));
            }
            return body(use);
          });
    } else {
      members.manager(use).use(_ -> body(use));
    }
    pushLate(use, stack.get());
  }

  private Object body(Use use) throws Exception {
    for (Step step : use.body()) {
      endIfInterrupted();
      switch (step) {
        case Sleep(long nanos) -> Async.sleep(Duration.ofNanos(nanos));
        case Raise(String error) -> Members.raise(error);
        case Use inner -> use(inner);
      }
    }
    endIfInterrupted();
    return null;
  }

  private static void endIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  // ---- stage style -----------------------------------------------------------------------------

  private CompletableFuture<Object> useAsync(Use use, AtomicReference<AsyncExitStack> stack) {
    if (use.kind() != Kind.STACK) {
      return members
          .manager(use)
          .useAsync((_, cancellation) ->
              use.isRelay()
                  ? useAsync((Use) use.body().getFirst(), stack)
                  : steps(use.body().iterator(), cancellation));
    }
    return AsyncExitStack.manager()
        .grace(Duration.ofNanos(use.grace()))
        .useAsync((value, cancellation) -> {
          stack.set(value);
          return enter(use, use.members().iterator(), value, cancellation);
        });
  }

  private CompletionStage<Object> enter(
      Use use, Iterator<Member> left, AsyncExitStack stack, Cancellation cancellation) {
    if (!left.hasNext()) {
      return steps(use.body().iterator(), cancellation);
    }
    CompletableFuture<Object> entered = stack.enterAsync(members.onStack(left.next())).copy();
    cancellation.onRequest(entered::completeExceptionally);
    return entered.thenCompose(_ -> enter(use, left, stack, cancellation));
  }

  private CompletionStage<Object> steps(Iterator<Step> steps, Cancellation cancellation) {
    if (cancellation.reason() != null) {
      return CompletableFuture.failedStage(cancellation.reason());
    }
    if (!steps.hasNext()) {
      return DONE;
    }
    CompletionStage<?> done =
        switch (steps.next()) {
          case Sleep(long nanos) -> sleep(nanos, cancellation);
          case Raise(String error) -> Members.completed(() -> Members.raise(error));
          case Use use -> inBody(use, cancellation);
        };
    return done.thenCompose(_ -> steps(steps, cancellation));
  }

  private static CompletionStage<?> sleep(long nanos, Cancellation cancellation) {
    return cancellation.cancelling(Async.sleepAsync(Duration.ofNanos(nanos)));
  }

  /** A use inside a body, which is asked to end when the body is. */
  private CompletionStage<?> inBody(Use use, Cancellation cancellation) {
    if (!use.staged()) {
      return onOwnThread(use, cancellation);
    }
    var stack = new AtomicReference<AsyncExitStack>();
    CompletableFuture<Object> inner = useAsync(use, stack);
    cancellation.onRequest(
        _ -> inner.completeExceptionally(new CancellationException("stop " + use.name())));
    return inner.thenRun(() -> pushLate(use, stack.get()));
  }

  private CompletionStage<?> onOwnThread(Use use, Cancellation cancellation) {
    var done = new CompletableFuture<Object>();
    // It waits until its end is awaited: if it failed before, nobody could know that the error
    // comes from inside.
    var begin = new CompletableFuture<Object>();
    Time.current().schedule(Duration.ZERO, () -> begin.complete(null));
    Thread thread =
        time.start(() -> {
          Throwable error = null;
          try {
            awaitAnyway(begin);
            use(use);
          } catch (Throwable thrown) {
            error = thrown;
          }
          Thread.interrupted();
          if (error == null) {
            done.complete(null);
          } else {
            done.completeExceptionally(error);
          }
        });
    cancellation.onRequest(_ -> time.interrupt(thread));
    return done;
  }

  /** An interruption that comes meanwhile is for what follows. */
  private static void awaitAnyway(CompletableFuture<?> begin) {
    boolean interrupted = false;
    while (!begin.isDone()) {
      try {
        Async.await(begin);
      } catch (InterruptedException early) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void pushLate(Use use, AsyncExitStack closed) {
    if (use.late() != null) {
      closed.pushAsync(how -> members.exit(use.late(), List.of(use.late()), how));
    }
  }
}
