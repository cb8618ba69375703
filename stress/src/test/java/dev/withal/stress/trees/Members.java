package dev.withal.stress.trees;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.stress.trees.Tree.Member;
import dev.withal.stress.trees.Tree.Use;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The managers of a tree's uses, whose enters and exits do as the tree says and are written down.
 */
final class Members {
  private final VirtualTime time;
  private final Events events;

  Members(VirtualTime time, Events events) {
    this.time = time;
    this.events = events;
  }

  AsyncContextManager<?> manager(Use use) {
    List<Member> members = use.members();
    AsyncContextManager<?> manager =
        switch (use.kind()) {
          case TIMEOUT -> Async.timeout(Duration.ofNanos(use.limit()));
          case GROUP ->
              members.size() == 1
                  ? entering(members.getFirst(), members)
                  : AsyncContextManager.all(
                      members.stream().map(member -> entering(member, members)).toList());
          case STACK -> throw new IllegalArgumentException("stacks are used in their own way");
        };
    return manager.grace(Duration.ofNanos(use.grace()));
  }

  AsyncContextManager<Object> onStack(Member member) {
    return entering(member, List.of(member)).grace(Duration.ofNanos(member.grace()));
  }

  private AsyncContextManager<Object> entering(Member member, List<Member> group) {
    return () -> {
      events.add(time.elapsed().toNanos(), group, "enter " + member.name());
      return after(
          member.enter(),
          () -> {
            if (member.fails()) {
              raise(member.enterError());
            }
            events.add(time.elapsed().toNanos(), group, "entered " + member.name());
            return new Entered(member, group);
          });
    };
  }

  private final class Entered implements AsyncContext<Object> {
    private final Member member;
    private final List<Member> group;

    Entered(Member member, List<Member> group) {
      this.member = member;
      this.group = group;
    }

    @Override
    public Object value() {
      return member.name();
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return exit(member, group, how);
    }

    @Override
    public String toString() {
      return member.name();
    }
  }

  CompletionStage<Verdict> exit(Member member, List<Member> group, ExitCase how) {
    events.add(time.elapsed().toNanos(), group, "exit " + member.name() + " " + Label.of(how));
    return after(
        member.exit(),
        () -> {
          events.add(time.elapsed().toNanos(), group, "exited " + member.name());
          return switch (member.answer()) {
            case PROPAGATE -> Verdict.PROPAGATE;
            case SUPPRESS -> Verdict.SUPPRESS;
            case REPLACE -> Verdict.replaceWith(new TestException(member.exitError()));
            case FAIL -> raise(member.exitError());
          };
        });
  }

  private static <V> CompletionStage<V> after(long nanos, Callable<V> action) {
    if (nanos > 0) {
      return Async.sleepAsync(Duration.ofNanos(nanos)).thenCompose(_ -> completed(action));
    }
    return completed(action);
  }

  static <V> CompletableFuture<V> completed(Callable<V> action) {
    try {
      return CompletableFuture.completedFuture(action.call());
    } catch (Throwable error) {
      return CompletableFuture.failedFuture(error);
    }
  }

  /** Never returns: fails with an exception, or with a fatal error. */
  static Verdict raise(String error) throws Exception {
    if (error.hashCode() % 3 == 0) {
      throw new TestError(error);
    }
    throw new TestException(error);
  }

  private static final class TestException extends Exception {
    private static final long serialVersionUID = 1;

    TestException(String message) {
      super(message);
    }
  }

  /** A fatal error (L16). */
  private static final class TestError extends LinkageError {
    private static final long serialVersionUID = 1;

    TestError(String message) {
      super(message);
    }
  }
}
