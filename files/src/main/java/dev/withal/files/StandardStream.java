package dev.withal.files;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The standard streams of a process, as files that are never closed. */
@SuppressWarnings("ImmutableEnumChecker") // one for the process, as the descriptor is
enum StandardStream {
  INPUT("stdin", new FileInputStream(FileDescriptor.in).getChannel(), StandardOpenOption.READ),
  OUTPUT("stdout", new FileOutputStream(FileDescriptor.out).getChannel(), StandardOpenOption.WRITE),
  ERROR("stderr", new FileOutputStream(FileDescriptor.err).getChannel(), StandardOpenOption.WRITE);

  /** How long the process waits at its end for a reader to take the written bytes. */
  private static final Duration LAST = Duration.ofSeconds(1);

  private final AsyncFile file;

  StandardStream(String name, FileChannel channel, StandardOpenOption option) {
    Path path = Path.of(name);
    boolean reads = option == StandardOpenOption.READ;
    file =
        new AsyncFile(
            AsyncFiles.onVirtualThreads()
                .opened(path, PipeChannel.of(path, channel, reads), Set.<OpenOption>of(option)));
    if (!reads) {
      flushAtTheEnd();
    }
  }

  /** It is never closed, so bytes that are on their way when the process ends are awaited here. */
  private void flushAtTheEnd() {
    Runnable flush =
        () -> {
          try {
            file.flushAsync().get(LAST.toMillis(), TimeUnit.MILLISECONDS);
          } catch (ExecutionException | TimeoutException | InterruptedException ignored) {
            // The reader is gone, or takes nothing: the process ends nevertheless.
            return;
          }
        };
    try {
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("withal-files-flush").unstarted(flush));
    } catch (IllegalStateException shuttingDown) {
      // First used by a shutdown hook: its bytes are on their way while other hooks run.
      return;
    }
  }

  AsyncFile file() {
    return file;
  }
}
