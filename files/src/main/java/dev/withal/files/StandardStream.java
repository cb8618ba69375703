package dev.withal.files;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** The streams that a process is born with, as files that are never closed. */
@SuppressWarnings("ImmutableEnumChecker") // one for the process, as the descriptor is
enum StandardStream {
  INPUT("stdin", new FileInputStream(FileDescriptor.in).getChannel(), StandardOpenOption.READ),
  OUTPUT("stdout", new FileOutputStream(FileDescriptor.out).getChannel(), StandardOpenOption.WRITE),
  ERROR("stderr", new FileOutputStream(FileDescriptor.err).getChannel(), StandardOpenOption.WRITE);

  private final AsyncFile file;

  StandardStream(String name, FileChannel channel, StandardOpenOption option) {
    Path path = Path.of(name);
    boolean reads = option == StandardOpenOption.READ;
    file =
        new AsyncFile(
            AsyncFiles.onVirtualThreads()
                .opened(path, PipeChannel.of(path, channel, reads), Set.<OpenOption>of(option)));
  }

  AsyncFile file() {
    return file;
  }
}
