package dev.withal.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Deletes a tree; links themselves are deleted, not their targets.
 *
 * <p>Design. Depth first, without recursion. A directory that is too deep for a path to express is
 * first moved up, as it is going to be deleted anyway.
 */
class TreeDeletion implements Entries {
  private static final int BATCH = 256;

  /**
   * From this length on, one more name might be too much for the system, whose limit is 4096 bytes.
   */
  private static final int LONG = 1000;

  /** How often to retry a directory that has new entries after it was emptied. */
  private static final int MOST_REFILLED = 1000;

  private final Path root;
  private final Directory.Opened opened = new Directory.Opened();
  private final ArrayDeque<Directory> within = new ArrayDeque<>();
  private boolean begun;
  private int refilled;

  TreeDeletion(Path root) {
    this.root = root;
  }

  /** A system call. */
  @FunctionalInterface
  interface Call<R extends @Nullable Object> {
    R run() throws IOException;
  }

  @Override
  public boolean read(Collection<Path> into) throws IOException {
    try {
      if (!begun) {
        begun = true;
        delete(root, attributes(root), into);
      }
      for (int i = 0; i < BATCH && !within.isEmpty(); i++) {
        step(within.peek(), into);
      }
      return !within.isEmpty();
    } catch (IOException failure) {
      opened.run();
      throw failure;
    }
  }

  private void step(Directory directory, Collection<Path> into) throws IOException {
    Path path = directory.next();
    if (path == null) {
      within.pop();
      deleteEmptied(directory.path(), into);
      return;
    }
    try {
      delete(path, change(directory.path(), () -> attributes(path)), into);
    } catch (NoSuchFileException ignored) {
      // Somebody else has deleted it.
    }
  }

  private void deleteEmptied(Path directory, Collection<Path> into) throws IOException {
    try {
      change(parent(), () -> Files.deleteIfExists(directory));
    } catch (DirectoryNotEmptyException failure) {
      // Somebody still writes into it; but not forever.
      if (refilled++ == MOST_REFILLED) {
        throw failure;
      }
      within.push(Directory.open(directory, 0, null, opened));
      return;
    }
    into.add(directory);
  }

  /** {@return the directory that contains the next one; null if that isn't in the tree} */
  private @Nullable Path parent() {
    Directory directory = within.peek();
    return directory == null ? null : directory.path();
  }

  private void delete(Path path, BasicFileAttributes attributes, Collection<Path> into)
      throws IOException {
    Path in = parent();
    if (!attributes.isDirectory()) {
      change(in, () -> Files.deleteIfExists(path));
      into.add(path);
      return;
    }
    boolean deep = path.toString().length() - root.toString().length() >= LONG;
    Path reached = deep ? moveUp(path) : path;
    within.push(change(reached, () -> Directory.open(reached, 0, null, opened)));
  }

  private Path moveUp(Path path) throws IOException {
    // Unique, as another deletion may be under way, or may have been given up.
    Path above = root.resolve(".withal-delete-" + UUID.randomUUID());
    return change(path, () -> change(parent(), () -> Files.move(path, above)));
  }

  /**
   * Makes a call that may be refused.
   *
   * @param directory the directory on whose permissions it depends; null if it isn't in the tree
   */
  <R extends @Nullable Object> R change(@Nullable Path directory, Call<R> call) throws IOException {
    return call.run();
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public Runnable closing() {
    return opened;
  }

  /**
   * Deletes a tree that is the caller's own, even if the caller has removed its own permissions.
   */
  static final class OfOwn extends TreeDeletion {
    OfOwn(Path root) {
      super(root);
    }

    @Override
    <R extends @Nullable Object> R change(@Nullable Path directory, Call<R> call)
        throws IOException {
      try {
        return call.run();
      } catch (AccessDeniedException refusal) {
        if (directory == null
            || !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
            || !directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
          throw refusal;
        }
        try {
          Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException notOurs) {
          refusal.addSuppressed(notOurs);
          throw refusal;
        }
        return call.run();
      }
    }
  }
}
