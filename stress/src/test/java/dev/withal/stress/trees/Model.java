package dev.withal.stress.trees;

import dev.withal.stress.trees.Tree.Member;
import dev.withal.stress.trees.Tree.Raise;
import dev.withal.stress.trees.Tree.Sleep;
import dev.withal.stress.trees.Tree.Step;
import dev.withal.stress.trees.Tree.Use;
import java.util.List;

/**
 * What must happen, by the laws: a recursion over the tree, with a clock.
 *
 * <p>Each function is told when a part of the tree begins and when it is asked to end, adds the
 * events of that part, and answers when it ends and with which error. {@link Levels} says what
 * enters and exits do, {@link Ending} what becomes of errors, {@link Asks} who is asked to end.
 */
final class Model {
  private final Events events = new Events();
  private final Levels levels = new Levels(events);

  static Events of(Tree tree) {
    var model = new Model();
    Asks asks = Asks.of(tree);
    Out out = model.use(tree.root(), 0, asks, true);
    model.events.end(out.end(), Fault.reachable(out.fault()), asks.isInterrupted(out.end()));
    return model.events;
  }

  private Out steps(List<Step> steps, long start, Asks asks) {
    Out out = Out.of(start, null);
    for (Step step : steps) {
      long now = out.end();
      if (asks.first() <= now) {
        return Out.of(now, asks.notice(now));
      }
      out =
          switch (step) {
            case Sleep(long time) when asks.first() > now + time -> Out.of(now + time, null);
            case Sleep _ -> Out.of(asks.first(), asks.notice(asks.first()));
            case Raise(String error) -> Out.of(now, Fault.of(error));
            case Use use -> use(use, now, asks, false);
          };
      if (out.fault() != null) {
        return Out.of(out.end(), out.fault());
      }
    }
    return Out.of(out.end(), asks.first() > out.end() ? null : asks.notice(out.end()));
  }

  private Out use(Use use, long start, Asks outer, boolean relayed) {
    Asks asks = outer.inside(use, start, relayed);
    Out out = use(use, start, asks);
    outer.awaited(use, asks, out);
    if (use.late() == null || out.fault() != null) {
      return out;
    }
    Fault closed = Fault.of("closed");
    levels.late(use.late(), out.end(), Ending.cancelled(out.end(), closed)); // L11
    return Out.of(out.end(), closed);
  }

  private Out use(Use use, long start, Asks asks) {
    Levels.Entered entered = levels.enter(use, start, asks);
    Out body = entered.out();
    if (body.fault() == null) {
      body =
          use.isRelay()
              ? use((Use) use.body().getFirst(), body.end(), asks, true)
              : steps(use.body(), body.end(), asks);
    } else if (use.kind() != Tree.Kind.STACK) {
      return body;
    }
    Ending how = levels.bodyEnded(use, start, entered, body, asks);
    long hears = Math.min(body.hears(), how.at());
    for (List<Member> level : entered.held()) {
      Ending after = levels.exit(level, how);
      asks.shielded(how.at(), after.at());
      how = after;
    }
    return new Out(how.at(), how.result(), hears, how.reason());
  }
}
