package dev.withal.benchmarks;

import static dev.withal.benchmarks.Target.ahead;
import static dev.withal.benchmarks.Target.atMost;
import static dev.withal.benchmarks.Target.bytes;
import static dev.withal.benchmarks.Target.more;
import static dev.withal.benchmarks.Target.time;

import dev.withal.benchmarks.jmh.Cancelling;
import dev.withal.benchmarks.jmh.ConcurrentUses;
import dev.withal.benchmarks.jmh.Contention;
import dev.withal.benchmarks.jmh.DirectUse;
import dev.withal.benchmarks.jmh.ExitStack;
import dev.withal.benchmarks.jmh.Failing;
import dev.withal.benchmarks.jmh.FiberUse;
import dev.withal.benchmarks.jmh.GeneratorThread;
import dev.withal.benchmarks.jmh.LaterUse;
import dev.withal.benchmarks.jmh.NestedUses;
import dev.withal.benchmarks.jmh.OneUse;
import dev.withal.benchmarks.jmh.OpenContexts;
import dev.withal.benchmarks.jmh.Parallel;
import java.util.List;
import java.util.stream.Stream;

/**
 * All cases, in the order of the table. A new one goes here, and its benchmark beside the others.
 */
final class Cases {
  private static final int MILLION = 1_000_000;

  private static final int FAILURES = 40_000;

  private static final List<Case> OF_CORE =
      List.of(
          libraries(use("one use", "Withal", "one"), "one", "one")
              .target(time(0.9, "chain"))
              .target(bytes(0.75, "chain"))
              .target(ahead()),
          libraries(use("one use, own class", "WithalClass", "one"), "one", "one")
              .target(time(0.9, "chain"))
              .target(bytes(0.75, "chain"))
              .target(ahead()),
          libraries(use("one use, 16 call sites", "Withal", "manySites"), "manySites", "manySites")
              .target(ahead()),
          Case.of("use", "one use, body fails", peer("one", "Withal").with("body", "fails"))
              .floor("success", peer("one", "Withal"))
              .floor("chain", peer("one", "Chain").with("body", "fails"))
              .target(time(1.5, "success")),
          Case.of("use", "one use, stages complete later", later("Withal"))
              .floor("chain", later("Chain"))
              .library("Reactor", later("ReactorOfFutures"))
              .target(time(1, "chain"))
              .target(bytes(1, "chain")),
          Case.of("direct", "one use, direct style", Subject.of(DirectUse.class, "withal"))
              .floor("join and finally", Subject.of(DirectUse.class, "joinAndFinally"))
              .floor("try-with-resources", Subject.of(DirectUse.class, "tryWithResources"))
              .target(time(1.5, "join and finally"))
              .target(time(3, "try-with-resources")),
          libraries(
                  Case.of("run", "one use, under a run", peer("underRun", "Withal"))
                      .floor("no run", peer("one", "Withal"))
                      .floor("chain", peer("underRun", "Chain")),
                  "underRun",
                  "one")
              .target(more(Metric.TIME, 60, "no run"))
              .target(more(Metric.BYTES, 200, "no run"))
              .target(ahead()),
          Case.of(
                  "run",
                  "one use, direct style, under a run",
                  Subject.of(DirectUse.class, "withalUnderRun"))
              .floor("no run", Subject.of(DirectUse.class, "withal"))
              .target(more(Metric.TIME, 60, "no run"))
              .target(more(Metric.BYTES, 200, "no run")),
          Case.of(
                  "run",
                  "direct style with 2 threads, under a run",
                  Subject.of(DirectUse.class, "twoThreadsUnderRun"))
              .floor("1 thread", Subject.of(DirectUse.class, "withalUnderRun"))
              .target(time(1.3, "1 thread")),
          onThisThread(
                  Case.of("loop", "one use, on an event loop", peer("onEventLoop", "Withal"))
                      .floor("plain thread", peer("one", "Withal"))
                      .floor("chain", peer("onEventLoop", "Chain")),
                  "onEventLoop")
              .target(more(Metric.TIME, 60, "plain thread"))
              .target(more(Metric.BYTES, 200, "plain thread"))
              .target(ahead()),
          nested("10⁶ nested uses, per level", "already", MILLION),
          // A million take cats-effect half a minute.
          nested("10⁶ nested uses, later, per level", "later", MILLION / 10),
          Case.of("stack", "exit stack of 10⁶, per entry", stack("withal", MILLION))
              .floor("ArrayDeque", stack("arrayDeque", MILLION))
              .target(time(3, "ArrayDeque")),
          Case.of(
                  "stack",
                  "stack with 2 threads, per entry",
                  Subject.of(Contention.class, "withal"))
              .floor("lock-free deque", Subject.of(Contention.class, "deque"))
              .target(time(2, "lock-free deque")),
          Case.of("memory", "10⁶ open contexts, each", open("Withal", MILLION))
              .floor("chain", open("Chain", MILLION))
              .target(atMost(Metric.HELD, 120)),
          Case.of("generator", "generator, direct style", Subject.of(DirectUse.class, "generator"))
              .floor("inline", Subject.of(DirectUse.class, "tryWithResources"))
              .target(time(3, "inline")),
          Case.of("generator", "generator, own thread", Subject.of(GeneratorThread.class, "withal"))
              .floor("2 hand-offs", Subject.of(GeneratorThread.class, "handOffs"))
              .target(time(1.3, "2 hand-offs")),
          cancelled("cancelled in its enter", "inEnter"),
          cancelled("cancelled in its body", "inBody"),
          Case.of("parallel", "all of 8, 10 ms each", Subject.of(Parallel.class, "withal"))
              .floor("allOf", Subject.of(Parallel.class, "allOf"))
              .target(atMost(Metric.TIME, 15e6)),
          Case.of(
                  "parallel",
                  "all of 8, virtual time",
                  Subject.of(Parallel.class, "withalInVirtualTime"))
              .target(atMost(Metric.VIRTUAL_TIME, 10e6)));

  static final List<Case> ALL =
      Stream.of(
              OF_CORE,
              AdapterCases.ALL,
              InsightCases.ALL,
              TaskCases.ALL,
              ModuleCases.ALL,
              CrowdCases.ALL)
          .flatMap(List::stream)
          .toList();

  /** What the chart shows of how cost grows with work. */
  static final List<Curve> CURVES =
      List.of(
          new Curve("nesting", "nested uses, per level", Metric.TIME)
              .series("Withal, already", n -> levels("Withal", "already", n))
              .series("Withal, later", n -> levels("Withal", "later", n))
              .series("cats-effect, already", n -> levels("CatsEffect", "already", n)),
          new Curve("stack", "exits on a stack, per entry", Metric.TIME)
              .series("Withal", n -> stack("withal", n))
              .series("ArrayDeque", n -> stack("arrayDeque", n)),
          new Curve("use", "uses at the same time, per use", Metric.TIME)
              .series("Withal", n -> concurrent("Withal", n))
              .series("chain", n -> concurrent("Chain", n)),
          new Curve("memory", "open contexts, bytes held by each", Metric.HELD)
              .series("Withal", n -> open("Withal", n))
              .series("chain", n -> open("Chain", n)),
          // A million exceptions take more heap than a benchmark has.
          new Curve("errors", "nested uses whose exits fail, per level", Metric.TIME)
              .upTo(FAILURES)
              .series("each wraps the error", n -> failing("wrapping", n))
              .series("cancelled", n -> failing("cancelled", n)),
          new Curve("errors", "late arrivals of a group, each", Metric.TIME)
              .upTo(FAILURES)
              .series("Withal", n -> failing("late", n)));

  private Cases() {}

  /** {@return every subject of the cases} */
  static Stream<Subject> subjects() {
    return ALL.stream().flatMap(one -> one.subjects().stream());
  }

  // ---- what is measured ------------------------------------------------------------------------

  private static Case use(String title, String withal, String method) {
    return Case.of("use", title, peer(method, withal)).floor("chain", peer(method, "Chain"));
  }

  /** Those that have a runtime of their own do there, in every carrier, what {@code own} does. */
  private static Case libraries(Case some, String method, String own) {
    return onThisThread(some, method)
        .library("cats-effect", fiberPeer(own, "CatsEffect"))
        .library("ZIO", fiberPeer(own, "Zio"))
        .library("Arrow", fiberPeer(own, "Arrow"));
  }

  private static Case onThisThread(Case some, String method) {
    return some.library("Reactor", peer(method, "Reactor"))
        .library("RxJava", peer(method, "RxJava"))
        .library("Mutiny", peer(method, "Mutiny"))
        .library("Guava", peer(method, "GuavaClosing"));
  }

  private static Case nested(String title, String stages, int ofLibrary) {
    return Case.of("nesting", title, levels("Withal", stages, MILLION))
        .floor("1,000 levels", levels("Withal", stages, 1000))
        .library("cats-effect", levels("CatsEffect", stages, ofLibrary))
        .target(time(1.5, "1,000 levels"))
        .target(time(0.3, "cats-effect"));
  }

  private static Case cancelled(String title, String method) {
    Subject subject = Subject.of(Cancelling.class, method);
    return Case.of("cancel", title, subject.with("peer", "Withal"))
        .floor("chain", subject.with("peer", "Chain"))
        .target(time(2, "chain"));
  }

  private static Subject peer(String method, String peer) {
    return Subject.of(OneUse.class, method).with("body", "succeeds").with("peer", peer);
  }

  private static Subject fiberPeer(String method, String peer) {
    return Subject.of(FiberUse.class, method).with("body", "succeeds").with("peer", peer);
  }

  private static Subject later(String peer) {
    return Subject.of(LaterUse.class, "later").with("peer", peer);
  }

  private static Subject levels(String peer, String stages, long depth) {
    return Subject.of(NestedUses.class, "nested")
        .with("peer", peer)
        .with("stages", stages)
        .times("depth", depth);
  }

  private static Subject stack(String method, long entries) {
    return Subject.of(ExitStack.class, method).times("entries", entries);
  }

  private static Subject failing(String method, long failures) {
    return Subject.of(Failing.class, method).times("failures", failures);
  }

  private static Subject concurrent(String peer, long uses) {
    return Subject.of(ConcurrentUses.class, "allAtOnce").with("peer", peer).times("uses", uses);
  }

  private static Subject open(String peer, long contexts) {
    return Subject.of(OpenContexts.class, "retained")
        .with("peer", peer)
        .times("contexts", contexts);
  }
}
