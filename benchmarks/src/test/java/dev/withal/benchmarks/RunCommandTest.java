package dev.withal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class RunCommandTest {
  private final StringWriter errors = new StringWriter();

  @Test
  void run_noCaseIsLeft_namesTheGroups() {
    assertThat(execute("run", "quick", "nothing")).isEqualTo(2);

    assertThat(errors.toString().strip())
        .startsWith("benchmarks/run: no case has that in its group or title: the groups are use, ");
  }

  @Test
  void run_firstOfTwoWordsIsNoEffort_saysSo() {
    assertThat(execute("run", "slow", "use")).isEqualTo(2);

    assertThat(errors.toString().strip())
        .isEqualTo("benchmarks/run: \"slow\" is neither quick nor full");
  }

  @Test
  void compare_noSuchFile_saysWhereTheyAre() {
    assertThat(execute("compare", "nowhere.json", "nowhere.json")).isEqualTo(2);

    assertThat(errors.toString().strip())
        .isEqualTo(
            "benchmarks/compare: there is no file nowhere.json: name one in benchmarks/results");
  }

  private int execute(String... arguments) {
    return Main.commandLine().setErr(new PrintWriter(errors, true)).execute(arguments);
  }
}
