package dev.withal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.timeline.HeldContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process with Insight on is asked for. */
class CommandTest {
  private static Running program;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws IOException {
    program = Running.program("-Ddev.withal.insight=on").tell("hold");
  }

  @AfterAll
  static void end() {
    program.close();
  }

  @Test
  void pstree_isTheTreeOfWhatIsHeld() {
    Ran ran = Ran.withal("pstree", program.pid());

    assertThat(ran.err()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.plain())
        .startsWith("7 contexts held\n")
        .contains("─ orders db ×3  in body since then  at a line\n")
        .contains("  └─ transaction ×3  in body since then  at a line\n")
        .contains("evil \uFFFD\uFFFD[31m</script>");
  }

  @Test
  void pstree_withMinAge_hasTheOldOnesAlone() {
    assertThat(Ran.withal("pstree", program.pid(), "--min-age", "1h").out())
        .isEqualTo("0 contexts held for 1 h 0 min or longer\n");
    assertThat(Ran.withal("pstree", program.pid(), "--min-age", "1ms").plain())
        .startsWith("7 contexts held for 1 ms or longer\n")
        .contains("─ orders db ×3  in body since then  at a line\n")
        .contains("  └─ transaction ×3  in body since then  at a line\n")
        .contains("evil \uFFFD\uFFFD[31m</script>");
  }

  @Test
  void pstree_inJson_isALineForEach() {
    List<HeldContext> held = HeldLines.held(Ran.withal("pstree", program.pid(), "--json").out());

    assertThat(held)
        .extracting(HeldContext::manager)
        .containsExactlyInAnyOrder(
            "orders db",
            "transaction",
            "orders db",
            "transaction",
            "orders db",
            "transaction",
            "evil \u202e\u001b[31m</script>");
  }

  @Test
  void ps_listsIt() {
    Ran ran = Ran.withal("ps");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out())
        .startsWith("    PID  INSIGHT")
        .containsPattern(program.pid() + "  on +7 +0  com.acme.Holding\n");
  }

  @Test
  void leaks_collected_areToldByNameAndLine() throws IOException {
    try (Running leaking = Running.program("-Ddev.withal.insight=on").tell("touch")) {
      assertThat(Ran.withal("leaks", leaking.pid()).out())
          .isEqualTo(
              "nothing has leaked, as far as the last collection found; --gc asks for one\n");

      leaking.tell("leak");
      Ran ran = Ran.withal("leaks", leaking.pid(), "--gc");

      assertThat(ran.plain()).isEqualTo("20 contexts have leaked\n  forgotten ×20  at a line\n");
      assertThat(ran.exitCode()).isEqualTo(3);
    }
  }

  @Test
  void record_makesAPage() throws IOException {
    Path page = folder.resolve("page.html");

    Ran ran = Ran.withal("record", program.pid(), "--for", "300ms", "-o", page);

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).isEqualTo(page + ": 0 uses, 7 still held, 0 leaked, 0 reports\n");
    assertThat(Files.readString(page)).contains("orders db").doesNotContain("evil \u202e");
  }
}
