package dev.withal.examples.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnicodeTableTest {
  @TempDir Path folder;

  /** A newer JDK may know more characters. */
  @Test
  void main_writesWhatIsInTheFileThatShips() throws Exception {
    Path written = folder.resolve("unicode.csv");

    UnicodeTable.main(new String[] {written.toString()});

    List<String> shipped = Files.readAllLines(Path.of("data", "unicode.csv"));
    assertThat(shipped).hasSize(1 + 40_077);
    var missing = new LinkedHashSet<>(shipped);
    Files.readAllLines(written).forEach(missing::remove);
    assertThat(missing).isEmpty();
  }
}
