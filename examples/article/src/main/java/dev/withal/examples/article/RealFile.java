package dev.withal.examples.article;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.withal.Async;
import dev.withal.files.AsyncFiles;
import dev.withal.files.AsyncTextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@link ManagerAsClass} over a real file, which is closed before its error is caught outside. */
final class RealFile {

  static void main() throws Exception {
    Path data = Files.writeString(Files.createTempFile("data", ".txt"), "Text of data.txt");
    try {
      Async.run(() -> AsyncFiles.openText(data, UTF_8).run(RealFile::readAndFail));
    } catch (IllegalStateException e) {
      IO.println("Caught outside: " + e.getMessage());
    } finally {
      Files.delete(data);
    }
  }

  private static void readAndFail(AsyncTextFile file) throws IOException, InterruptedException {
    IO.println("Inside context: " + file.readString());
    throw new IllegalStateException("test error");
  }
}
