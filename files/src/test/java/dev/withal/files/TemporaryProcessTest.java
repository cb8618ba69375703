package dev.withal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Temporary directories when their process is told to end: real processes, real signals. */
@Tag("slow")
@EnabledOnOs({OS.LINUX, OS.MAC})
class TemporaryProcessTest {
  @TempDir Path dir;

  @Test
  void sigterm_insideTemporaryDirectories_deletesThem() throws Exception {
    try (Program program = Program.start(List.of(), InDirectories.class, dir.toString())) {
      assertThat(dir.toFile().list()).hasSize(2);

      program.process().destroy();

      assertThat(program.process().waitFor()).isEqualTo(143);
      assertThat(dir).isEmptyDirectory();
    }
  }

  /** Waits inside one in stage style and one in direct style. */
  static final class InDirectories {
    private InDirectories() {}

    public static void main(String[] args) throws Exception {
      Path parent = Path.of(args[0]);
      Async.call(() -> {
        var stage = new CompletableFuture<Path>();
        var _ =
            AsyncFiles.temporaryDirectory(parent, "stage")
                .useAsync((made, cancellation) -> {
                  fill(made);
                  stage.complete(made);
                  return cancellation.cancelling(new CompletableFuture<>());
                });
        stage.join();
        AsyncFiles.temporaryDirectory(parent, "direct")
            .use(made -> {
              fill(made);
              System.out.println("ready");
              return new CompletableFuture<Void>().get();
            });
        return null;
      });
    }

    private static void fill(Path made) {
      try {
        Path deep = Files.createDirectories(made.resolve("a/b"));
        for (int i = 0; i < 300; i++) {
          Files.writeString(deep.resolve("file" + i), "x");
        }
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }
}
