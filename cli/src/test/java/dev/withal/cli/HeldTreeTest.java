package dev.withal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.withal.timeline.HeldContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tree of what has become lines. */
class HeldTreeTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:10Z");

  private static HeldContext context(long id, long parent, String manager, int age) {
    Instant since = NOW.minusSeconds(age);
    return new HeldContext(
        id, parent, false, manager, "body", since, since, null, null, null, false);
  }

  private static String tree(int lines, List<HeldContext> contexts) {
    return new HeldTree(contexts, NOW).text("held", lines);
  }

  @Test
  void contexts_thatAreAlike_areOneLineInTheOrderOfAge() {
    assertThat(
            tree(
                10,
                List.of(
                    context(1, 0, "db", 2),
                    context(2, 1, "transaction", 2),
                    context(3, 0, "db", 5),
                    context(4, 3, "transaction", 4),
                    context(5, 0, "mail", 9))))
        .isEqualTo(
            """
            5 contexts held
            ├─ mail  in body since 9.0 s
            └─ db ×2  in body since 5.0 s … 2.0 s
               └─ transaction ×2  in body since 4.0 s … 2.0 s
            """);
  }

  @Test
  void contexts_nestedInTheirLike_areOneLine() {
    List<HeldContext> deep = new ArrayList<>();
    for (int id = 1; id <= 10_000; id++) {
      deep.add(context(id, id - 1, "recursion", 1));
    }
    assertThat(tree(10, deep))
        .isEqualTo(
            "10000 contexts held\n└─ recursion ×10000 inside each other  in body since 1.0 s\n");
  }

  @Test
  void contexts_thatSayTheyAreInEachOther_areShown() {
    assertThat(tree(10, List.of(context(1, 2, "a", 1), context(2, 1, "b", 1))))
        .startsWith("2 contexts held\n")
        .contains("a  in body")
        .contains("b  in body");
  }

  @Test
  void lines_thatAreTooMany_areCounted() {
    assertThat(
            tree(1, List.of(context(1, 0, "a", 3), context(2, 0, "b", 2), context(3, 0, "c", 1))))
        .isEqualTo(
            """
            3 contexts held
            ├─ a  in body since 3.0 s
            … and 2 more in lines that are left out
            """);
  }

  @Test
  void lines_ofJson_areReadAsTheyAreWritten() {
    var context =
        new HeldContext(
            7,
            3,
            false,
            "\"\\\u202e</script>\ud83d\ude00",
            "exiting",
            NOW,
            NOW.minusMillis(5),
            "A.b(A.java:1)",
            "job",
            "timed out\n",
            true);

    assertThat(HeldLines.held(HeldLines.line(context) + "\n")).containsExactly(context);
  }

  @Test
  void lines_ofWhatIsOlderThanInsight_haveNoTimes() {
    String older =
        """
        {"format":1,"olderThanInsight":true,"manager":"db","phase":"body","thread":"main"}
        {"format":1,"olderThanInsight":true,"manager":"mail","phase":"exiting"}
        """;
    List<HeldContext> held = HeldLines.held(older);

    assertThat(held.stream().map(HeldLines::line)).containsExactly(older.split("\n"));
    assertThat(held).extracting(HeldContext::id).doesNotHaveDuplicates();
    held.add(context(7, 0, "db", 2));
    assertThat(tree(10, held))
        .isEqualTo(
            """
            3 contexts held
            ├─ db  in body (entered before Insight was on)  entered on main
            ├─ mail  exiting (entered before Insight was on)
            └─ db  in body since 2.0 s
            """);
  }

  @Test
  void lines_ofAnotherFormat_areNotRead() {
    for (String line :
        List.of(
            "{\"format\":2,\"id\":1}",
            "{\"format\":1,\"id\":1}",
            "{\"format\":1",
            "[]",
            "{\"format\":[1]}",
            "{\"format\":1}x",
            "{\"a\":".repeat(100))) {
      assertThatIllegalArgumentException().isThrownBy(() -> HeldLines.held(line));
    }
  }
}
