package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that another one is to replace, and what that is to have of it.
 *
 * @param path as the caller named it
 * @param file where it is: links are followed, even to what isn't there
 * @param exists whether it is there
 */
record ReplacedFile(Path path, Path file, boolean exists) {
  private static final int MOST_LINKS = 40;

  /** What the system says of a directory on a file system that has no such operation (EINVAL). */
  private static final String CANT_BE_FORCED = "Invalid argument";

  private static final FileAttribute<?> FOR_THE_OWNER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /**
   * {@return the file that a path leads to}
   *
   * @throws FileSystemException if it is there and isn't a regular file
   */
  static ReplacedFile at(Path path) throws IOException {
    try {
      Path file = afterLinks(path);
      BasicFileAttributes found = attributes(file);
      if (found != null && !found.isRegularFile()) {
        throw new FileSystemException(
            path.toString(), null, "isn't a regular file: only such a file can be replaced");
      }
      return new ReplacedFile(path, file, found != null);
    } catch (FileSystemException failure) {
      throw named(path, failure);
    }
  }

  /** {@return where a path leads to when links are followed, even to what isn't there} */
  static Path afterLinks(Path path) throws IOException {
    Path file = path.toAbsolutePath();
    for (int links = 0; links <= MOST_LINKS; links++) {
      Path parent = file.getParent();
      Path name = file.getFileName();
      if (parent == null || name == null) {
        return file;
      }
      // Of the real directory, as the ".." in a link means the directory that the link is in.
      file = parent.toRealPath().resolve(name);
      if (!Files.isSymbolicLink(file)) {
        return file;
      }
      file = file.resolveSibling(Files.readSymbolicLink(file));
    }
    throw new FileSystemLoopException(path.toString());
  }

  private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  // ---- what it has -----------------------------------------------------------------------------

  /** {@return what the new file is created with} Nobody else is to see it before it is complete. */
  List<FileAttribute<?>> onCreation(List<FileAttribute<?>> ofNewFiles) {
    return !exists ? ofNewFiles : isPosix() ? List.of(FOR_THE_OWNER) : List.of();
  }

  private boolean isPosix() {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Gives the new file what this one has. */
  void giveAttributesTo(Path other) throws IOException {
    if (!exists) {
      return;
    }
    giveExtended(other);
    if (isPosix()) {
      // Last: a change of the owner may take permissions away, and these the right to the rest.
      Files.setPosixFilePermissions(other, givePosixOwner(other));
    }
  }

  /** {@return the permissions that are to be set after it} */
  private Set<PosixFilePermission> givePosixOwner(Path other) throws IOException {
    PosixFileAttributes own = Files.readAttributes(file, PosixFileAttributes.class);
    var view = Files.getFileAttributeView(other, PosixFileAttributeView.class);
    PosixFileAttributes now = view.readAttributes();
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(own.permissions());
    if (!now.group().equals(own.group())) {
      try {
        view.setGroup(own.group());
      } catch (FileSystemException _) {
        // Not ours to give; and what that group might do, another one may not.
        retainForGroup(permissions);
      }
    }
    if (!now.owner().equals(own.owner())) {
      try {
        view.setOwner(own.owner());
      } catch (FileSystemException _) {
        // As the documentation says: where it may.
      }
    }
    return permissions;
  }

  /** Leaves a group only what all others may do as well. */
  private static void retainForGroup(Set<PosixFilePermission> permissions) {
    retain(permissions, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
    retain(permissions, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    retain(permissions, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);
  }

  private static void retain(
      Set<PosixFilePermission> permissions, PosixFilePermission which, PosixFilePermission only) {
    if (!permissions.contains(only)) {
      permissions.remove(which);
    }
  }

  private void giveExtended(Path other) throws IOException {
    var from = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    var to = Files.getFileAttributeView(other, UserDefinedFileAttributeView.class);
    if (from == null || to == null) {
      return;
    }
    List<String> names;
    try {
      names = from.list();
    } catch (FileSystemException _) {
      return; // The file system has none, or tells this process of none.
    }
    for (String name : names) {
      ByteBuffer value = ByteBuffer.allocate(from.size(name));
      try {
        from.read(name, value);
      } catch (AccessDeniedException _) {
        return; // Who may not read the file may not read these.
      }
      to.write(name, value.flip());
    }
  }

  // ---- afterwards ------------------------------------------------------------------------------

  /** Forces the entry of the directory to the storage device, where the system can. */
  void forceDirectory() throws IOException {
    Path directory = file.getParent();
    if (directory == null) {
      return;
    }
    SteadyChannel channel;
    try {
      channel = SteadyChannel.open(directory, Set.of(StandardOpenOption.READ));
    } catch (IOException | UnsupportedOperationException _) {
      return; // A system, or a user, that can't open directories can't force them.
    }
    try (channel) {
      channel.force();
    } catch (IOException failure) {
      if (CANT_BE_FORCED.equals(failure.getMessage())) {
        return;
      }
      var named =
          new FileSystemException(
              path.toString(),
              null,
              "is replaced, but the directory wasn't forced to the storage device: "
                  + failure.getMessage());
      named.initCause(failure);
      throw named;
    }
  }

  FileSystemException named(FileSystemException failure) {
    return named(path, failure);
  }

  /** {@return an error of the same kind that names the file as the caller did} */
  static FileSystemException named(Path path, FileSystemException failure) {
    String name = path.toString();
    if (name.equals(failure.getFile()) && failure.getOtherFile() == null) {
      return failure;
    }
    FileSystemException named =
        switch (failure) {
          case NoSuchFileException _ -> new NoSuchFileException(name, null, failure.getReason());
          case AccessDeniedException _ ->
              new AccessDeniedException(name, null, failure.getReason());
          case FileSystemLoopException _ -> new FileSystemLoopException(name);
          default -> new FileSystemException(name, null, failure.getReason());
        };
    named.setStackTrace(failure.getStackTrace());
    return named;
  }
}
