package dev.withal.examples.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.ConnectionFactoryOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DatabaseTest {

  @Test
  void urlOf_anyFile_namesThatFile() {
    var options = ConnectionFactoryOptions.parse(Database.urlOf(Path.of("/a b/+%/c#d?e=f")));

    assertThat(options.getValue(ConnectionFactoryOptions.PROTOCOL)).isEqualTo("file");
    assertThat(options.getValue(ConnectionFactoryOptions.DATABASE)).isEqualTo("/a b/+%/c#d?e=f");
  }
}
