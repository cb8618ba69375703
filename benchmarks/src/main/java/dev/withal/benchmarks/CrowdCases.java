package dev.withal.benchmarks;

import static dev.withal.benchmarks.Target.time;

import dev.withal.benchmarks.jmh.CrowdUse;
import dev.withal.benchmarks.jmh.DatabaseUse.Database;
import java.util.List;
import java.util.stream.Stream;

/** The cases of many who wait for few connections, also beside threads that take the processor. */
final class CrowdCases {
  /** 0.9 of what others commit in a second. */
  private static final double AS_FAST = 1.11;

  /** What makes the cost of waiting linear, within what processes differ. */
  private static final double LINEAR = 1.25;

  private static final int MANY = 2_000;

  private record Kind(String title, String withal, String peer, String method, boolean isLibrary) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("JDBC", "withalJdbc", "HikariCP", "hikari", false),
          new Kind("R2DBC, direct style", "withalThreads", "usingWhen", "usingWhenThreads", true),
          new Kind("R2DBC, stage style", "withalStages", "usingWhen", "usingWhenStages", true));

  static final List<Case> ALL = KINDS.stream().flatMap(CrowdCases::of).toList();

  private CrowdCases() {}

  private static Stream<Case> of(Kind kind) {
    return Stream.of(
        one(kind, 10, 0),
        one(kind, 50, 0),
        one(kind, 50, 2),
        one(kind, MANY, 0),
        one(kind, MANY, 2),
        one(kind, 10_000, 0)
            .floor("2,000 at once", subject(kind.withal, MANY, 0))
            .target(time(LINEAR, "2,000 at once")));
  }

  private static Case one(Kind kind, int crowd, int busy) {
    var some =
        Case.of(
            "crowd",
            "%s, %,d at once%s".formatted(kind.title, crowd, busy == 0 ? "" : ", busy machine"),
            subject(kind.withal, crowd, busy));
    Subject peer = subject(kind.method, crowd, busy);
    return (kind.isLibrary ? some.library(kind.peer, peer) : some.floor(kind.peer, peer))
        .target(time(AS_FAST, kind.peer));
  }

  private static Subject subject(String method, int crowd, int busy) {
    return Subject.of(CrowdUse.class, method)
        .times("crowd", crowd)
        .with("busy", busy)
        .with("database", Database.POSTGRESQL);
  }
}
