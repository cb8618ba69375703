package dev.withal.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is being read: completely at first, so that nothing stays open while other code
 * works with its entries. Only one with very many entries stays open for the rest of them.
 */
final class Directory {
  /** The number of entries that are kept in memory at a time. */
  static final int MOST = 10_000;

  private final Path path;
  private final int depth;
  private final @Nullable Object key;
  private final Opened opened;
  private final ArrayDeque<Path> read = new ArrayDeque<>();
  private @Nullable DirectoryStream<Path> open;
  private @Nullable Iterator<Path> rest;

  private Directory(Path path, int depth, @Nullable Object key, Opened opened) {
    this.path = path;
    this.depth = depth;
    this.key = key;
    this.opened = opened;
  }

  /** The open directories; running it closes them, and those that are opened later. */
  static final class Opened implements Runnable {
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Set<DirectoryStream<Path>> streams = new HashSet<>();
    private boolean closed;

    private void add(DirectoryStream<Path> stream) throws IOException {
      lock.lock();
      try {
        if (!closed) {
          streams.add(stream);
          return;
        }
      } finally {
        lock.unlock();
      }
      stream.close();
      throw new IOException("nobody reads it any more");
    }

    private void remove(DirectoryStream<Path> stream) {
      lock.lock();
      try {
        streams.remove(stream);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void run() {
      List<DirectoryStream<Path>> unneeded;
      lock.lock();
      try {
        closed = true;
        unneeded = List.copyOf(streams);
        streams.clear();
      } finally {
        lock.unlock();
      }
      for (DirectoryStream<Path> stream : unneeded) {
        try {
          stream.close();
        } catch (IOException failure) {
          Uncaught.tell(failure);
        }
      }
    }
  }

  /**
   * Opens the directory, and reads its entries.
   *
   * @param depth its depth
   * @param key identifies it, if the system supports that
   * @param opened the set in which it is for as long as it is open
   */
  @SuppressWarnings("StreamResourceLeak") // closed at its end, and by what knows that it is open
  static Directory open(Path path, int depth, @Nullable Object key, Opened opened)
      throws IOException {
    var directory = new Directory(path, depth, key, opened);
    directory.open = Files.newDirectoryStream(path);
    opened.add(directory.open);
    directory.rest = directory.open.iterator();
    directory.readMore();
    return directory;
  }

  Path path() {
    return path;
  }

  int depth() {
    return depth;
  }

  /** Whether it is the directory that the key identifies. */
  boolean is(Path other, @Nullable Object otherKey) throws IOException {
    return (key != null && otherKey != null) ? key.equals(otherKey) : Files.isSameFile(path, other);
  }

  /** {@return the next entry; null if there is none} */
  @Nullable Path next() throws IOException {
    if (read.isEmpty() && rest != null) {
      readMore();
    }
    return read.poll();
  }

  private void readMore() throws IOException {
    Iterator<Path> from = rest;
    boolean ended = from == null;
    try {
      while (from != null && !ended && read.size() < MOST) {
        if (from.hasNext()) {
          read.add(from.next());
        } else {
          ended = true;
        }
      }
    } catch (DirectoryIteratorException failure) {
      IOException cause = Objects.requireNonNull(failure.getCause());
      Cleanup.after(cause, this::close);
      throw cause;
    }
    if (ended) {
      close();
    }
  }

  void close() throws IOException {
    DirectoryStream<Path> unneeded = open;
    open = null;
    rest = null;
    if (unneeded != null) {
      opened.remove(unneeded);
      unneeded.close();
    }
  }
}
