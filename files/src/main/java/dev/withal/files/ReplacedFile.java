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
 * A file that another one replaces, and the attributes that the other one gets from it.
 *
 * @param path the path as the caller gave it
 * @param file the file's location: links are followed, even to a target that doesn't exist
 * @param exists whether the file exists
 */
record ReplacedFile(Path path, Path file, boolean exists) {
  private static final int MOST_LINKS = 40;

  /** The system's message for a directory on a file system without such an operation (EINVAL). */
  private static final String CANT_BE_FORCED = "Invalid argument";

  private static final FileAttribute<?> FOR_THE_OWNER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /**
   * {@return the file that a path leads to}
   *
   * @throws FileSystemException if it exists and isn't a regular file
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

  /** {@return where a path leads when links are followed, even to a target that doesn't exist} */
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
    } catch (NoSuchFileException ignored) {
      return null;
    }
  }

  // ---- its attributes --------------------------------------------------------------------------

  /**
   * {@return the attributes for creating the new file} Nobody else may see it before it is
   * complete.
   */
  List<FileAttribute<?>> onCreation(List<FileAttribute<?>> ofNewFiles) {
    return !exists ? ofNewFiles : isPosix() ? List.of(FOR_THE_OWNER) : List.of();
  }

  private boolean isPosix() {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Gives the new file the attributes of this one. */
  void giveAttributesTo(Path other) throws IOException {
    if (!exists) {
      return;
    }
    giveExtended(other);
    if (isPosix()) {
      // Last: a change of the owner may remove permissions, and these the right to the rest.
      Files.setPosixFilePermissions(other, givePosixOwner(other));
    }
  }

  /** {@return the permissions that must be set afterwards} */
  private Set<PosixFilePermission> givePosixOwner(Path other) throws IOException {
    PosixFileAttributes own = Files.readAttributes(file, PosixFileAttributes.class);
    var view = Files.getFileAttributeView(other, PosixFileAttributeView.class);
    PosixFileAttributes now = view.readAttributes();
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(own.permissions());
    if (!now.group().equals(own.group())) {
      try {
        view.setGroup(own.group());
      } catch (FileSystemException ignored) {
        // We may not set it; and the permissions of that group may be too much for another one.
        retainForGroup(permissions);
      }
    }
    if (!now.owner().equals(own.owner())) {
      try {
        view.setOwner(own.owner());
      } catch (FileSystemException ignored) {
        // As documented: only if permitted.
      }
    }
    return permissions;
  }

  /** Leaves a group only the permissions that all others have as well. */
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
    } catch (FileSystemException ignored) {
      return; // The file system has none, or tells this process of none.
    }
    for (String name : names) {
      ByteBuffer value = ByteBuffer.allocate(from.size(name));
      try {
        from.read(name, value);
      } catch (AccessDeniedException ignored) {
        return; // Who may not read the file may not read these.
      }
      to.write(name, value.flip());
    }
  }

  // ---- afterwards ------------------------------------------------------------------------------

  /** Forces the entry of the directory to the storage device, if the system supports that. */
  void forceDirectory() throws IOException {
    Path directory = file.getParent();
    if (directory == null) {
      return;
    }
    SteadyChannel channel;
    try {
      channel = SteadyChannel.open(directory, Set.of(StandardOpenOption.READ));
    } catch (IOException | UnsupportedOperationException ignored) {
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
              "was replaced, but the directory wasn't forced to the storage device: "
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
          case NoSuchFileException ignored ->
              new NoSuchFileException(name, null, failure.getReason());
          case AccessDeniedException ignored ->
              new AccessDeniedException(name, null, failure.getReason());
          case FileSystemLoopException ignored -> new FileSystemLoopException(name);
          default -> new FileSystemException(name, null, failure.getReason());
        };
    named.setStackTrace(failure.getStackTrace());
    for (Throwable alsoFailed : failure.getSuppressed()) {
      named.addSuppressed(alsoFailed);
    }
    return named;
  }
}
