package dev.withal.stress.sched;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** L1, L2, L3, L8 and L9 where timers race with what they bound. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TimeoutsTest {

  @Test
  void bounds_inStageStyle_isAsked_exitsOnce() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("use");
      CompletableFuture<String> use =
          bounded(new Resource(run, "resource", whole)).useAsync(Opened::body);
      run.ask(whole.future(use));
    });
  }

  @Test
  void bounds_inDirectStyle_isInterrupted_exitsOnce() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("use");
      var resource = new Resource(run, "resource", whole);
      whole.on("user", () -> bounded(resource).use(Opened::awaitingBody));
      run.interrupt(whole);
    });
  }

  @Test
  void timeout_inDirectStyle_exitsOnceAndInterruptsNothingElse() {
    Seeds.play(run -> {
      run.asks();
      Outcome whole = run.outcome("use");
      var resource = new Resource(run, "resource", whole);
      whole.on(
          "user",
          () ->
              Async.timeout(run.upTo(Duration.ofSeconds(3)))
                  .use(_ -> resource.use(Opened::awaitingBody)));
    });
  }

  @Test
  void timeout_inStageStyle_isAsked_exitsOnceInsideOut() {
    Seeds.play(run -> {
      run.asks();
      Outcome whole = run.outcome("use");
      var resource = new Resource(run, "resource", whole);
      run.ask(
          whole.future(
              Async.timeout(run.upTo(Duration.ofSeconds(3)))
                  .useAsync(_ -> resource.named("resource").useAsync(Opened::body))));
    });
  }

  private static AsyncContextManager<Opened> bounded(Resource resource) {
    Duration most = Duration.ofSeconds(2);
    resource.run.asks();
    AsyncContextManager<Opened> bounded =
        resource
            .named(resource.name)
            .grace(Duration.ofSeconds(1))
            .enterTimeout(resource.run.upTo(most));
    return resource.run.oneIn(2)
        ? bounded.exitTimeout(resource.run.upTo(most))
        : bounded.exitTimeout(resource.run.upTo(most), Opened::force);
  }
}
