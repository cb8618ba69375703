package dev.withal.examples.article;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.withal.Async;
import dev.withal.files.AsyncFile;
import dev.withal.files.AsyncFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@link ManagerAsClass} over a real file, which is closed before its error is caught outside. */
final class RealFile {

  static void main() throws Exception {
    Path data = Files.writeString(Files.createTempFile("data", ".txt"), "Text of data.txt");
    try {
      Async.run(() -> AsyncFiles.open(data).use(RealFile::readAndFail));
    } catch (IllegalStateException e) {
      IO.println("Caught outside: " + e.getMessage());
    } finally {
      Files.delete(data);
    }
  }

  private static Object readAndFail(AsyncFile file) throws IOException {
    IO.println("Inside context: " + file.readString(UTF_8));
    throw new IllegalStateException("test error");
  }
}
