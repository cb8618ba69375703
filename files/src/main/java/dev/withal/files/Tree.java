package dev.withal.files;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a tree of directories, depth first.
 *
 * <p>Design. Callers decide which directories to enter, and are told of errors, but none of their
 * code may run while directories are read. So reading stops at a directory for which they must be
 * asked, and continues when that is decided.
 */
final class Tree implements Entries {
  private static final int BATCH = 256;

  /** The number of entries that are looked at for a batch, even if none of them belongs in it. */
  private static final int LOOKED_AT = 4096;

  private record Entry(Path path, int depth, @Nullable Object key) {}

  private record Failed(Path path, IOException error) {}

  private final Path root;
  private final Walk walk;
  private final Predicate<Path> wanted;
  private final Directory.Opened opened = new Directory.Opened();
  private final ArrayDeque<Directory> within = new ArrayDeque<>();
  private final List<Failed> failed = new ArrayList<>();
  private boolean begun;
  private @Nullable Entry undecided;
  private @Nullable Entry next;
  private @Nullable IOException failure;

  /**
   * @param wanted the entries to return; runs no code of a caller
   */
  Tree(Path root, Walk walk, Predicate<Path> wanted) {
    this.root = root;
    this.walk = walk;
    this.wanted = wanted;
  }

  /** {@return the entries of one directory, without itself} */
  static Tree list(Path directory) {
    var list = new Tree(directory, Walk.all().depth(1), ignored -> true);
    list.begun = true;
    list.next = new Entry(directory, 0, null);
    return list;
  }

  @Override
  public boolean read(Collection<Path> into) throws IOException {
    if (failure != null) {
      throw failure;
    }
    int most = into.size() + BATCH;
    try {
      if (!begun) {
        begun = true;
        found(root, 0, into);
      }
      for (int i = 0; i < LOOKED_AT && into.size() < most && undecided == null; i++) {
        enterNext();
        Directory directory = within.peek();
        if (directory == null) {
          return false;
        }
        step(directory, into);
      }
    } catch (IOException error) {
      // After the entries that were found before.
      failure = error;
      opened.run();
    }
    return true;
  }

  private void step(Directory directory, Collection<Path> into) throws IOException {
    Path path;
    try {
      path = directory.next();
    } catch (IOException error) {
      within.pop();
      failed(directory.path(), error);
      return;
    }
    if (path == null) {
      within.pop();
    } else {
      found(path, directory.depth() + 1, into);
    }
  }

  private void found(Path path, int depth, Collection<Path> into) throws IOException {
    BasicFileAttributes attributes = null;
    if (depth < walk.depth() || depth == 0) {
      try {
        attributes = attributes(path);
      } catch (IOException error) {
        failed(path, error);
        return;
      }
    }
    if (wanted.test(path)) {
      into.add(path);
    }
    if (attributes == null || !attributes.isDirectory() || depth >= walk.depth()) {
      return;
    }
    var entry = new Entry(path, depth, attributes.fileKey());
    if (walk.followsLinks() && isWithinItself(entry)) {
      failed(path, new FileSystemLoopException(path.toString()));
    } else if (walk.into() == null) {
      next = entry;
    } else {
      undecided = entry;
    }
  }

  private BasicFileAttributes attributes(Path path) throws IOException {
    if (walk.followsLinks()) {
      try {
        return Files.readAttributes(path, BasicFileAttributes.class);
      } catch (IOException ignored) {
        // A link to nothing is an entry as well.
      }
    }
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private boolean isWithinItself(Entry entry) throws IOException {
    for (Directory directory : within) {
      if (directory.is(entry.path, entry.key)) {
        return true;
      }
    }
    return false;
  }

  private void enterNext() throws IOException {
    Entry entry = next;
    next = null;
    if (entry != null) {
      try {
        within.push(Directory.open(entry.path, entry.depth, entry.key, opened));
      } catch (IOException error) {
        failed(entry.path, error);
      }
    }
  }

  private void failed(Path path, IOException error) throws IOException {
    if (walk.onError() == null) {
      throw error;
    }
    failed.add(new Failed(path, error));
  }

  @Override
  public boolean hasToTell() {
    return undecided != null || !failed.isEmpty();
  }

  @Override
  public void tell() {
    BiConsumer<? super Path, ? super IOException> handler = walk.onError();
    List<Failed> untold = List.copyOf(failed);
    failed.clear();
    for (Failed each : untold) {
      Objects.requireNonNull(handler).accept(each.path, each.error);
    }
    Entry entry = undecided;
    undecided = null;
    if (entry != null && Objects.requireNonNull(walk.into()).test(entry.path)) {
      next = entry;
    }
  }

  @Override
  public Runnable closing() {
    return opened;
  }
}
