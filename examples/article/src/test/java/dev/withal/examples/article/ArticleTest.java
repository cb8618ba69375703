package dev.withal.examples.article;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the programs print, and when. */
@ExtendWith(LeakCheck.class)
class ArticleTest {

  @Test
  void managerAsClass_run_entersExitsAndPropagatesThenSuppresses(VirtualTime time)
      throws Exception {
    assertThat(Printed.by(ManagerAsClass::main, line -> time.elapsed().toMillis() + " ms " + line))
        .containsExactly(
            "100 ms Inside context: Async file handle for data.txt",
            "150 ms Exception caught: IllegalStateException: test error",
            "150 ms Caught outside: test error",
            "250 ms Inside context: Async file handle for data.txt",
            "300 ms Exception caught: IllegalStateException: test error",
            "300 ms Nothing to catch outside");
  }

  @Test
  void managerAsGenerator_run_connectsUsesAndDisconnects(VirtualTime time) throws Exception {
    assertThat(
            Printed.by(ManagerAsGenerator::main, line -> time.elapsed().toMillis() + " ms " + line))
        .containsExactly(
            "0 ms Connecting...", "100 ms Using DB connection object", "100 ms Disconnecting...");
    assertThat(time.elapsed()).hasMillis(150);
  }

  @Test
  void realFile_run_readsTheFileAndPropagates() throws Exception {
    assertThat(Printed.by(RealFile::main, UnaryOperator.identity()))
        .containsExactly("Inside context: Text of data.txt", "Caught outside: test error");
  }

  @Test
  void realDatabase_run_asksTheDatabaseAndDisconnects() throws Exception {
    assertThat(Printed.by(RealDatabase::main, UnaryOperator.identity()))
        .containsExactly("Connecting...", "Using DB connection: 6 * 7 = 42", "Disconnecting...");
  }
}
