package dev.withal.stress.sched;

import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** L1, L2, L4, L5 and L8 of managers made of others. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class GroupsTest {

  @Test
  void all_inStageStyle_isAsked_exitsWhatArrivedOnce() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("use");
      CompletableFuture<String> use =
          AsyncContextManager.all(2, members(run, whole))
              .useAsync((opened, cancellation) -> opened.getFirst().body(cancellation));
      run.ask(whole.future(use));
    });
  }

  @Test
  void all_inDirectStyle_isInterrupted_exitsWhatArrivedOnce() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("use");
      whole.on(
          "user",
          () ->
              AsyncContextManager.all(members(run, whole))
                  .use(opened -> opened.getFirst().awaitingBody()));
      run.interrupt(whole);
    });
  }

  @Test
  void flatMap_onAStackThatCloses_exitsOnceInsideOut() {
    Seeds.play(run -> {
      Outcome whole = run.outcome("stack");
      Outcome entering = run.outcome("entering");
      var outer = new Resource(run, "outer", whole);
      var inner = new Resource(run, "inner", whole).inside(outer);
      AsyncExitStack stack = AsyncExitStack.open();
      entering.future(stack.enterAsync(outer.flatMap(_ -> inner)));
      run.sometime(
          "closer",
          () -> {
            run.asks();
            whole.future(stack.closeAsync());
          });
    });
  }

  @Test
  void flatMap_inBothStyles_isAsked_exitsOnceInsideOut() {
    Seeds.play(run -> {
      Outcome direct = run.outcome("direct");
      var outer = new Resource(run, "outer", direct);
      var inner = new Resource(run, "inner", direct).inside(outer);
      direct.on("user", () -> outer.flatMap(_ -> inner).use(Opened::awaitingBody));
      run.interrupt(direct);
      Outcome stage = run.outcome("stage");
      var other = new Resource(run, "other", stage);
      var last = new Resource(run, "last", stage).inside(other);
      run.ask(stage.future(other.flatMap(_ -> last).useAsync(Opened::body)));
    });
  }

  private static List<Resource> members(Run run, Outcome whole) {
    return Stream.of("a", "b", "c").map(name -> new Resource(run, name, whole)).toList();
  }
}
