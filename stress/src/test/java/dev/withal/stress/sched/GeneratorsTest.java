package dev.withal.stress.sched;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Context;
import dev.withal.ContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** L1 to L5, L8 and L9 of blocking code that enters and exits: generators, synchronous managers. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class GeneratorsTest {

  @Test
  void generator_inDirectStyle_isInterrupted_exitsOnceAndShielded() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("use");
      var resource = new Resource(run, "generator", whole);
      whole.on("user", () -> generator(resource).use(Opened::awaitingBody));
      run.interrupt(whole);
      run.interrupt(whole);
    });
  }

  @Test
  void generator_inStageStyle_isAsked_exitsOnce() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("use");
      var resource = new Resource(run, "generator", whole);
      CompletableFuture<String> use = generator(resource).named("generator").useAsync(Opened::body);
      run.ask(whole.future(use));
    });
  }

  @Test
  void generator_onItsOwnThread_isInterrupted_exitsOnce() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("use");
      var resource = new Resource(run, "generator", whole);
      whole.on("user", () -> generator(resource).blocking().use(Opened::awaitingBody));
      run.interrupt(whole);
    });
  }

  @Test
  void synchronousManager_inBothStyles_isAsked_exitsOnce() {
    Seeds.play(run -> {
      Outcome direct = run.outcome("direct");
      var one = new Resource(run, "one", direct);
      direct.on("user", () -> synchronous(one).async().use(Opened::awaitingBody));
      run.interrupt(direct);
      Outcome stage = run.outcome("stage");
      var other = new Resource(run, "other", stage);
      CompletableFuture<String> use =
          synchronous(other).async().named("other").useAsync(Opened::body);
      run.ask(stage.future(use));
    });
  }

  private static AsyncContextManager<Opened> generator(Resource resource) {
    return AsyncContextManager.generator(yield -> {
      var open = new Opened(resource);
      Async.sleep(resource.run.upTo(resource.slowest()));
      open.arrive();
      Throwable error = null;
      try {
        yield.value(open);
      } catch (Throwable thrown) {
        error = thrown;
        throw thrown;
      } finally {
        open.exitHere(error == null ? ExitCase.success() : ExitCase.of(error));
      }
    });
  }

  private static ContextManager<Opened> synchronous(Resource resource) {
    return () -> {
      var open = new Opened(resource);
      Async.sleep(resource.run.upTo(resource.slowest()));
      open.arrive();
      return new Context<>() {
        @Override
        public Opened value() {
          return open;
        }

        @Override
        public Verdict exit(ExitCase how) {
          open.exitHere(how);
          return Verdict.PROPAGATE;
        }
      };
    };
  }
}
