package dev.withal.benchmarks;

import static dev.withal.benchmarks.Target.time;

import dev.withal.benchmarks.jmh.BusySelect;
import dev.withal.benchmarks.jmh.BusySelectOnVirtualThread;
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

  /** What two switches between threads may cost where each has to wait for the processor. */
  private static final double BESIDE_OTHERS = 1.5;

  static final List<Case> ALL =
      Stream.concat(
              KINDS.stream().flatMap(CrowdCases::of),
              Stream.of(
                  select("platform thread", BusySelect.class, "withal", 0),
                  select("platform thread", BusySelect.class, "withal", 2),
                  select("virtual thread", BusySelectOnVirtualThread.class, "withal", 0),
                  select("virtual thread", BusySelectOnVirtualThread.class, "withal", 2),
                  select(
                      "may lose its connection",
                      BusySelectOnVirtualThread.class,
                      "withalLosing",
                      2)))
          .toList();

  private CrowdCases() {}

  private static Case select(String title, Class<?> type, String method, int busy) {
    return Case.of(
            "crowd",
            "JDBC select, %s%s".formatted(title, busy == 0 ? "" : ", busy machine"),
            select(type, method, busy))
        .floor("HikariCP", select(type, "driver", busy))
        .target(time(BESIDE_OTHERS, "HikariCP"));
  }

  private static Subject select(Class<?> type, String method, int busy) {
    return Subject.of(type, method).with("busy", busy).with("database", Database.POSTGRESQL);
  }

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
