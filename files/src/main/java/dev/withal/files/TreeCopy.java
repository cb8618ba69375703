package dev.withal.files;

import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Copies a tree; links themselves are copied, not their targets.
 *
 * <p>Design. A directory gets its attributes after its contents: it might not be writable then, and
 * its times would change.
 */
final class TreeCopy implements Entries {
  private static final int BATCH = 64;

  private final Path root;
  private final Path target;
  private final Set<CopyOption> options;
  private final FileAccess access;
  private final Directory.Opened opened = new Directory.Opened();
  private final ArrayDeque<Directory> within = new ArrayDeque<>();

  /** Directories of the target that existed before, and keep their attributes. */
  private final Set<Path> kept = new HashSet<>();

  private boolean begun;

  TreeCopy(Path root, Path target, Set<CopyOption> options, FileAccess access) {
    this.root = root;
    this.target = target;
    this.options = new HashSet<>(options);
    this.options.add(LinkOption.NOFOLLOW_LINKS);
    this.access = access;
  }

  @Override
  public boolean read(Collection<Path> into) throws IOException {
    try {
      if (!begun) {
        begun = true;
        refuseIntoItself();
        copy(root);
        into.add(root);
      }
      for (int i = 0; i < BATCH && !within.isEmpty(); i++) {
        Directory directory = within.peek();
        Path path = directory.next();
        if (path == null) {
          within.pop();
          finish(directory.path());
        } else {
          copy(path);
          into.add(path);
        }
      }
      return !within.isEmpty();
    } catch (IOException failure) {
      opened.run();
      throw failure;
    }
  }

  private void refuseIntoItself() throws IOException {
    if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path existing = target.toAbsolutePath();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    // The real path, as a link may lead to a directory far below the root.
    Path above = existing == null ? null : existing.toRealPath();
    for (; above != null; above = above.getParent()) {
      if (Files.isSameFile(above, root)) {
        throw new FileSystemException(
            root.toString(), target.toString(), "a directory can't be copied into itself");
      }
    }
  }

  private Path target(Path path) {
    // As text, since the target may be on another file system.
    return path.equals(root) ? target : target.resolve(root.relativize(path).toString());
  }

  private void copy(Path path) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Path to = target(path);
    if (!attributes.isDirectory()) {
      WholeFile.copy(path, to, options, access);
      return;
    }
    boolean replaces = options.contains(StandardCopyOption.REPLACE_EXISTING);
    if (replaces && Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS)) {
      kept.add(to);
    } else {
      if (replaces) {
        Files.deleteIfExists(to);
      }
      Files.createDirectory(to, onCreation(path));
    }
    within.push(Directory.open(path, 0, null, opened));
  }

  /** {@return the attributes for creating a directory} Its owner must be able to fill it. */
  private FileAttribute<?>[] onCreation(Path from) throws IOException {
    var view =
        Files.getFileAttributeView(from, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    boolean posix = target.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (view == null || !posix || !access.attributes().isEmpty()) {
      return access.attributesOfDirectoriesAnd();
    }
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(view.readAttributes().permissions());
    permissions.add(PosixFilePermission.OWNER_READ);
    permissions.add(PosixFilePermission.OWNER_WRITE);
    permissions.add(PosixFilePermission.OWNER_EXECUTE);
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
  }

  private void finish(Path path) throws IOException {
    Path to = target(path);
    boolean all = options.contains(StandardCopyOption.COPY_ATTRIBUTES);
    if (!all && kept.contains(to)) {
      return;
    }
    var from = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    var view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (from != null && view != null && (all || access.attributes().isEmpty())) {
      Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
      permissions.addAll(from.readAttributes().permissions());
      if (!all) {
        // As the umask left it.
        permissions.retainAll(view.readAttributes().permissions());
      }
      view.setPermissions(permissions);
    }
    if (all) {
      BasicFileAttributes times =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      Files.getFileAttributeView(to, BasicFileAttributeView.class)
          .setTimes(times.lastModifiedTime(), times.lastAccessTime(), times.creationTime());
    }
  }

  @Override
  public Runnable closing() {
    return opened;
  }
}
