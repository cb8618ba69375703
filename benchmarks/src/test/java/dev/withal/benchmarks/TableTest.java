package dev.withal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void of_aCaseOfThreeTargets_hasALineForEach() {
    Case some =
        Figures.CASE
            .target(Target.time(0.9, "floor"))
            .target(Target.bytes(0.5, "floor"))
            .target(Target.ahead());

    String table = Table.of(List.of(some), Figures.results(8, 10, 5000, 20));

    assertThat(table)
        .isEqualToNormalizingNewlines(
            """
            | case   |  Withal | floor         | best library | ratio (95 %)     | bytes           | target               |         |
            |--------|---------|---------------|--------------|------------------|-----------------|----------------------|---------|
            | a case | 8.00 ns | floor 10.0 ns | fast 20.0 ns | 0.80 (0.80–0.80) | 72.0 B : 96.0 B | time ≤ 0.9 × floor   | met     |
            |        |         | floor 10.0 ns |              | 0.75 (0.75–0.75) | 72.0 B : 96.0 B | bytes ≤ 0.5 × floor  | not met |
            |        |         |               | fast 20.0 ns | 0.40 (0.40–0.40) |                 | time < every library | met     |\
            """);
  }
}
