package dev.withal.files;

import dev.withal.AsyncContextManager;
import dev.withal.Context;
import dev.withal.ContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A file or directory that is gone after the exit, with all that is in it. */
record Temporary(Path value) implements Context<Path> {

  static AsyncContextManager<Path> manager(Executor executor, String name, Task.Body<Path> create) {
    ContextManager<Path> manager = () -> new Temporary(create.run());
    return manager.async(executor).named(name);
  }

  @Override
  public Verdict exit(ExitCase how) throws IOException {
    // The body may have deleted it.
    if (Files.exists(value, LinkOption.NOFOLLOW_LINKS)) {
      Files.walkFileTree(value, new Deleting());
    }
    return Verdict.PROPAGATE;
  }

  /** Deletes a tree, links and not what they lead to. */
  private static final class Deleting extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
