package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.database.testing.MariadbServer;
import dev.withal.r2dbc.PoolSettings.Reset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What it costs to put a session back, for the documentation. */
class ResetCostTest {
  private static final int WARM_UP = 5;
  private static final int ROUNDS = 20;
  private static final int USES = 200;

  /** What is compared: in turns, so that a slow minute of the machine hits all alike. */
  private enum Variant {
    NEVER(Reset.NEVER),
    UNTOUCHED(Reset.IF_TOUCHED),
    TOUCHED_NEVER(Reset.NEVER),
    TOUCHED(Reset.IF_TOUCHED),
    ALWAYS(Reset.ALWAYS);

    private final Reset reset;

    Variant(Reset reset) {
      this.reset = reset;
    }

    private List<String> statements(String touching) {
      return name().startsWith("TOUCHED") ? List.of(touching, "select 1") : List.of("select 1");
    }
  }

  /** Writes a part of the table to target/reset.md. */
  @Test
  @Tag("stress")
  @Timeout(600)
  void reset_onEachDatabase_isMeasured() throws Exception {
    var lines = new ArrayList<String>();
    lines.add(row("PostgreSQL", Postgres.url(), "set lock_timeout = 0"));
    lines.add(row("H2", Setting.H2_MEMORY_DIRECT.url(), "set lock_timeout 1000"));
    if (MariadbServer.isThere()) {
      lines.add(row("MariaDB", Mariadb.url(), "set @mark = 1"));
    }
    Files.write(Path.of("target", "reset.md"), lines);

    assertThat(lines).isNotEmpty();
  }

  private static String row(String name, String url, String touching) throws Exception {
    var times = new EnumMap<Variant, List<Long>>(Variant.class);
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      for (Variant variant : Variant.values()) {
        List<Long> some = times(url, variant.reset, variant.statements(touching));
        if (round >= 0) {
          times.computeIfAbsent(variant, _ -> new ArrayList<>()).addAll(some);
        }
      }
    }
    long never = median(times.get(Variant.NEVER));
    return "| R2DBC, %s | %d | %+d | %+d | %+d |"
        .formatted(
            name,
            never,
            median(times.get(Variant.UNTOUCHED)) - never,
            median(times.get(Variant.TOUCHED)) - median(times.get(Variant.TOUCHED_NEVER)),
            median(times.get(Variant.ALWAYS)) - never);
  }

  private static long median(List<Long> times) {
    return times.stream().sorted().toList().get(times.size() / 2) / 1_000;
  }

  private static List<Long> times(String url, Reset reset, List<String> statements)
      throws Exception {
    return R2dbc.pool(url, PoolSettings.ofSize(1).withReset(reset))
        .use(pool -> {
          var times = new ArrayList<Long>();
          for (int i = 0; i < USES; i++) {
            long begun = System.nanoTime();
            pool.connection()
                .use(connection -> {
                  for (String sql : statements) {
                    Setting.run(connection, sql);
                  }
                  return null;
                });
            times.add(System.nanoTime() - begun);
          }
          return times;
        });
  }
}
