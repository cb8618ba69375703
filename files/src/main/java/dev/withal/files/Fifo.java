package dev.withal.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Opens a file that may make the opener wait for another process.
 *
 * <p>Design. Opening one end of a FIFO waits until the other end is opened, and nothing interrupts
 * that. So a helper opens it. If nobody wants it any more, both ends are opened at once, which
 * doesn't wait, and releases the helper.
 */
final class Fifo {
  private static final int TYPE = 0170000;
  private static final int FIFO = 0010000;

  private Fifo() {}

  static FileChannel open(Path path, Set<OpenOption> options, Wait wait)
      throws IOException, InterruptedException {
    var helper = new BlockingThread("withal-files-open");
    CompletableFuture<FileChannel> opening = helper.call(() -> FileChannel.open(path, options));
    helper.end();
    try {
      return wait.await(opening);
    } catch (Throwable failure) {
      if (!opening.isCompletedExceptionally()) {
        giveUp(path, opening, failure);
      }
      throw failure;
    }
  }

  private static void giveUp(
      Path path, CompletableFuture<FileChannel> opening, Throwable unwanted) {
    try {
      if (isFifo(path)) {
        // Held until the helper is back, or it might find nobody again.
        try (FileChannel ignored = bothEnds(path)) {
          Wait.result(opening).close();
        }
        return;
      }
    } catch (IOException | RuntimeException failure) {
      unwanted.addSuppressed(failure);
    }
    opening.thenAccept(Fifo::closeLate);
  }

  private static boolean isFifo(Path path) throws IOException {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix")
        && ((int) Files.getAttribute(path, "unix:mode") & TYPE) == FIFO;
  }

  private static FileChannel bothEnds(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static void closeLate(FileChannel unwanted) {
    try {
      unwanted.close();
    } catch (IOException failure) {
      Uncaught.tell(failure);
    }
  }
}
