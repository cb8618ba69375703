package dev.withal.stress.trees;

import static dev.withal.stress.trees.Tree.Answer.FAIL;
import static dev.withal.stress.trees.Tree.Answer.REPLACE;
import static dev.withal.stress.trees.Tree.Answer.SUPPRESS;
import static dev.withal.stress.trees.Tree.NEVER;
import static java.util.Comparator.comparingLong;

import dev.withal.stress.trees.Tree.Member;
import dev.withal.stress.trees.Tree.Use;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the contexts of one use do.
 *
 * <p>A level is what is entered together and exited together: one context, or a parallel group. A
 * use has one level, on an exit stack any number, one above the other.
 */
final class Levels {
  private final Events events;

  Levels(Events events) {
    this.events = events;
  }

  /**
   * What a use holds as its body begins.
   *
   * @param held the levels to exit, the last entered first
   * @param pending how an enter was exited that the body didn't wait for; null if there is none
   * @param out when the body begins, and why it doesn't if it doesn't
   */
  record Entered(Deque<List<Member>> held, Ending pending, Out out) {}

  Entered enter(Use use, long start, Asks asks) {
    var held = new ArrayDeque<List<Member>>();
    Out out = Out.of(start, null);
    for (List<Member> level : use.levels()) {
      Member top = level.getFirst();
      long since = out.end();
      if (use.isStagedStack() && asks.first() < since + top.enter()) {
        out = Out.of(asks.first(), asks.reason());
        return new Entered(held, exitPending(top, since, asks), out);
      }
      out = enter(level, use.graceOf(top), since, asks);
      if (out.fault() != null) {
        break;
      }
      held.push(level);
    }
    return new Entered(held, null, out);
  }

  /** All are entered or none; who gives up waits for the grace period (L1, L8). */
  private Out enter(List<Member> members, long grace, long start, Asks asks) {
    List<Member> inTime = members.stream().sorted(comparingLong(Member::enter)).toList();
    long all = start + inTime.getLast().enter();
    Member broken = inTime.stream().filter(Member::fails).findFirst().orElse(null);
    long failed = broken == null ? NEVER : start + broken.enter();
    long asked = asks.first();
    boolean givesUp = Math.min(failed, asked) <= all;
    long until = givesUp ? Math.min(all, Math.min(failed, asked) + grace) : all;
    Fault why = failed < asked ? Fault.of(broken.enterError()) : givesUp ? asks.reason() : null;
    Fault error = why;
    for (Member member : inTime) {
      long at = start + member.enter();
      events.add(start, members, "enter " + member.name());
      if (!member.fails()) {
        events.add(at, members, "entered " + member.name());
      }
      if (at > until) {
        late(member, at, Ending.cancelled(at, why));
      } else if (member.fails()) {
        error = Fault.asked(error, Fault.of(member.enterError()));
      }
    }
    if (!givesUp) {
      return Out.of(all, null);
    }
    List<Member> held =
        members.stream().filter(m -> !m.fails() && start + m.enter() <= until).toList();
    Ending after = exit(held, Ending.cancelled(until, error));
    Fault fault = after.result();
    if (asked < after.at()) {
      asks.shielded(asked, after.at());
      Fault reason = asks.notice(asked);
      // What the exits of a group make of it is how the enter ends: it is added to the reason.
      fault =
          members.size() == 1
              ? fault
              : Fault.asked(asked < failed ? after.reason() : reason, fault);
    }
    return new Out(after.at(), fault, members.size() == 1 ? until : after.at(), null);
  }

  /** Each is told the same; none suppresses what another one fails with (L4, L5, L6). */
  Ending exit(List<Member> members, Ending how) {
    long end = how.at();
    for (Member member : members) {
      long exited = how.at() + member.exit();
      events.add(how.at(), members, "exit " + member.name() + " " + how);
      events.add(exited, members, "exited " + member.name());
      end = Math.max(end, exited);
    }
    Ending after = how;
    for (Member member :
        Stream.concat(
                members.stream().filter(m -> m.answer() == SUPPRESS),
                members.reversed().stream().filter(m -> m.answer() != SUPPRESS))
            .toList()) {
      after = after.after(member);
    }
    return after.at(end);
  }

  /** What arrives when nobody waits is exited in the background; what fails is reported (L8). */
  void late(Member member, long at, Ending told) {
    if (member.fails()) {
      events.report(at, "LATE_FAILURE " + member.enterError());
      return;
    }
    Ending after = exit(List.of(member), told.at(at));
    if (member.answer() == FAIL || member.answer() == REPLACE) {
      events.report(after.at(), "LATE_FAILURE " + member.exitError());
    }
  }

  /** An enter on a stack that is closed meanwhile keeps its place for the grace period (L8). */
  private Ending exitPending(Member member, long start, Asks asks) {
    Ending how = Ending.cancelled(asks.first(), asks.reason());
    long arrival = start + member.enter();
    long until = Math.min(arrival, how.at() + member.grace());
    events.add(start, List.of(member), "enter " + member.name());
    if (!member.fails()) {
      events.add(arrival, List.of(member), "entered " + member.name());
    }
    if (!member.fails() && arrival == until) {
      return exit(List.of(member), how.at(arrival));
    }
    late(member, arrival, how);
    return how.at(until);
  }

  /** {@return what the exits are told about the body} Normally they wait for its end (L3, L7). */
  Ending bodyEnded(Use use, long start, Entered entered, Out body, Asks asks) {
    if (entered.pending != null) {
      return entered.pending;
    }
    if (use.staged() && asks.first() <= body.hears()) {
      long givenUp = asks.first() + use.grace();
      if (use.isRelay() || body.end() <= givenUp) {
        return Ending.cancelled(body.end(), Fault.asked(asks.reason(body), body.fault()));
      }
      events.report(givenUp, "OVERLAP " + asks.reason().label());
      if (body.fault() != null && body.fault().isNews(asks.reason())) {
        events.report(body.end(), "LATE_FAILURE " + body.fault().label());
      }
      return Ending.besideTheBody(givenUp, asks.reason());
    }
    return !use.staged() && asks.timeoutOver(start + use.limit(), body)
        ? Ending.cancelled(body.end(), Fault.asked(use.timeout(), body.fault()))
        : Ending.of(body.end(), body.fault());
  }
}
