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
  void run_noRounds_saysHowMany() {
    assertThat(execute("run", "quick", "use", "--rounds", "0")).isEqualTo(2);

    assertThat(errors.toString().strip())
        .isEqualTo("benchmarks/run: --rounds must be at least 1, and is 0");
  }

  @Test
  void run_roundsAreNoNumber_saysSo() {
    assertThat(execute("run", "--rounds", "many")).isEqualTo(2);

    assertThat(errors.toString().strip())
        .isEqualTo("benchmarks/run: Invalid value for option '--rounds': 'many' is not an int");
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
