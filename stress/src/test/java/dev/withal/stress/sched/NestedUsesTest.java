package dev.withal.stress.sched;

import dev.withal.Async;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** L1 to L5 and L7 to L9 of uses in uses, however their threads take turns. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class NestedUsesTest {

  @Test
  void directStyle_isInterrupted_exitsOnceInsideOut() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("use");
      var outer = new Resource(run, "outer", whole);
      var inner = new Resource(run, "inner", whole).inside(outer);
      whole.on("user", () -> outer.use(a -> a.body(() -> inner.use(Opened::awaitingBody))));
      run.interrupt(whole);
    });
  }

  @Test
  void stageStyle_isAsked_exitsOnceInsideOut() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("use");
      Outcome part = run.outcome("part");
      var outer = new Resource(run, "outer", whole);
      var inner = new Resource(run, "inner", part).inside(outer);
      CompletableFuture<String> use =
          outer
              .named("outer")
              .useAsync(_ -> part.future(inner.named("inner").useAsync(Opened::body)));
      run.ask(whole.future(use));
    });
  }

  /** Each step of core's is a step of its own here, or is refused by the executor. */
  @Test
  void stageStyle_onAnExecutor_isAsked_exitsOnceInsideOut() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("use");
      Outcome part = run.outcome("part");
      var outer = new Resource(run, "outer", whole);
      var inner = new Resource(run, "inner", part).inside(outer);
      CompletableFuture<String> use =
          outer
              .named("outer")
              .on(run::step)
              .useAsync(
                  _ -> part.future(inner.named("inner").on(run::step).useAsync(Opened::body)));
      run.ask(whole.future(use));
    });
  }

  @Test
  void directStyle_awaitsAUse_isInterrupted_endsAfterItsExit() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("waiter");
      var resource = new Resource(run, "resource", whole);
      whole.on("waiter", () -> Async.await(resource.named("resource").useAsync(Opened::body)));
      run.interrupt(whole);
    });
  }
}
