package dev.withal.benchmarks;

import static dev.withal.benchmarks.Target.ahead;
import static dev.withal.benchmarks.Target.atMost;
import static dev.withal.benchmarks.Target.time;

import dev.withal.benchmarks.jmh.LaterUse;
import dev.withal.benchmarks.jmh.NestedUses;
import dev.withal.benchmarks.jmh.OneUse;
import java.util.List;

/** The cases of uses in other libraries. */
final class AdapterCases {
  static final List<Case> ALL =
      List.of(
          Case.of("adapters", "a use as a Mono", one("ReactorMono"))
              .floor("usingWhen", one("Reactor"))
              .floor("future bridge", one("ReactorBridge"))
              .target(atMost(Metric.TIME, 100))
              .target(atMost(Metric.BYTES, 300)),
          Case.of("adapters", "a use as a Mono, stages complete later", later("ReactorMono"))
              .floor("useAsync", later("Withal"))
              .library("usingWhen", later("ReactorOfFutures"))
              .target(ahead()),
          Case.of("adapters", "10⁵ nested Monos, per level", levels(100_000))
              .floor("1,000 levels", levels(1000))
              .target(time(1.5, "1,000 levels")),
          Case.of("adapters", "a use as a Uni", one("MutinyUni"))
              .floor("chain and eventually", one("Mutiny"))
              .target(atMost(Metric.BYTES, 500)),
          Case.of("adapters", "a use as a Single", one("RxJavaSingle"))
              .floor("Single.using", one("RxJava"))
              .target(atMost(Metric.BYTES, 500)));

  private AdapterCases() {}

  private static Subject one(String peer) {
    return Subject.of(OneUse.class, "one").with("body", "succeeds").with("peer", peer);
  }

  private static Subject later(String peer) {
    return Subject.of(LaterUse.class, "later").with("peer", peer);
  }

  private static Subject levels(int depth) {
    return Subject.of(NestedUses.class, "nested")
        .with("peer", "ReactorMono")
        .with("stages", "already")
        .times("depth", depth);
  }
}
