package dev.withal.files;

import dev.withal.AsyncContextManager;
import dev.withal.Context;
import dev.withal.ContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Replaces a file by the body's output, or leaves it unchanged.
 *
 * <p>Design. There are three contexts, each with one duty: the temporary file beside the target,
 * which is moved over it or deleted; the open file; and the force, which comes first at the exit. A
 * failure in one of them is a failed body to the outer ones, so no incomplete file is moved.
 *
 * <p>The temporary file is created and opened in one call, and gets the target's attributes when it
 * is open, so that it doesn't matter whether these would let its owner open it.
 *
 * @param target the file to replace
 * @param temporary the new file; it doesn't exist before it is opened
 */
record Replacing(ReplacedFile target, Path temporary) implements Context<Replacing> {
  /** The beginning of the names of temporary files, as documented. */
  static final String PREFIX = ".withal-replace-";

  static AsyncContextManager<AsyncFile> manager(FileAccess access, Path path) {
    ContextManager<Replacing> temporary = () -> begin(path);
    return temporary
        .async(access.executor())
        .flatMap(replacing -> replacing.opened(access))
        .flatMap(Replacing::forced)
        .named("AsyncPath.replace(" + path + ")");
  }

  private static Replacing begin(Path path) throws IOException {
    ReplacedFile target = ReplacedFile.at(path);
    return new Replacing(target, target.file().resolveSibling(PREFIX + UUID.randomUUID()));
  }

  private AsyncContextManager<AsyncFile> opened(FileAccess access) {
    // Messages name the target, as the caller did.
    return new FileManager(
        target.path(),
        wait -> open(access, wait),
        access,
        Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  private Channel open(FileAccess access, Wait wait) throws IOException, InterruptedException {
    try {
      Channel channel =
          Channel.open(
              temporary,
              Set.of(
                  StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
              target.onCreation(access.attributes()),
              wait);
      try {
        target.giveAttributesTo(temporary);
      } catch (Throwable failure) {
        Cleanup.after(failure, channel);
        throw failure;
      }
      return channel;
    } catch (FileSystemException failure) {
      throw target.named(failure);
    }
  }

  private static AsyncContextManager<AsyncFile> forced(AsyncFile file) {
    return AsyncContextManager.of(
        () -> CompletableFuture.completedFuture(file),
        (ignored, how) ->
            how instanceof ExitCase.Succeeded
                ? file.file().forceWholeAsync().thenApply(unused -> Verdict.PROPAGATE)
                : Verdict.PROPAGATE.now());
  }

  @Override
  public Replacing value() {
    return this;
  }

  @Override
  public Verdict exit(ExitCase how) throws IOException {
    // The deletion is last; its failure is suppressed by that of the move.
    try (Closeable ignored = () -> Files.deleteIfExists(temporary)) {
      if (how instanceof ExitCase.Succeeded) {
        Files.move(
            temporary,
            target.file(),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        target.forceDirectory();
      }
    } catch (FileSystemException failure) {
      throw target.named(failure);
    }
    return Verdict.PROPAGATE;
  }
}
