package dev.withal.files;

import dev.withal.AsyncContextManager;
import dev.withal.Context;
import dev.withal.ContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Replaces a file by what the body wrote, or leaves it as it is.
 *
 * <p>Design. Three contexts, each with one duty: the temporary file beside the target, which is
 * moved over it or deleted; the open file; and the force, which comes first at the exit. What fails
 * in one of them is a failed body to those outside of it, so nothing is moved that isn't complete.
 *
 * @param temporary the new file
 * @param target what it replaces
 */
record Replacing(Path temporary, Path target) implements Context<Path> {

  static AsyncContextManager<AsyncFile> manager(FileAccess access, Path path) {
    ContextManager<Path> temporary = () -> begin(path);
    return temporary
        .async(access.executor())
        .flatMap(file -> access.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE))
        .flatMap(Replacing::forced)
        .named("AsyncPath.replace(" + path + ")");
  }

  private static AsyncContextManager<AsyncFile> forced(AsyncFile file) {
    return AsyncContextManager.of(
        () -> CompletableFuture.completedFuture(file),
        (_, how) ->
            how instanceof ExitCase.Succeeded
                ? file.forceAsync().thenApply(_ -> Verdict.PROPAGATE)
                : Verdict.PROPAGATE.now());
  }

  private static Replacing begin(Path path) throws IOException {
    boolean exists = Files.exists(path);
    // A link stays, and so do the permissions.
    Path target = exists ? path.toRealPath() : path.toAbsolutePath();
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    Files.createFile(temporary, exists ? permissionsOf(target) : new FileAttribute<?>[0]);
    return new Replacing(temporary, target);
  }

  private static FileAttribute<?>[] permissionsOf(Path target) throws IOException {
    if (!target.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(target);
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
  }

  @Override
  public Path value() {
    return temporary;
  }

  @Override
  public Verdict exit(ExitCase how) throws IOException {
    try {
      if (how instanceof ExitCase.Succeeded) {
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
    return Verdict.PROPAGATE;
  }
}
