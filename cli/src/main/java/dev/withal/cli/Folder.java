package dev.withal.cli;

import dev.withal.timeline.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A temporary folder for files that two processes share. Closing it deletes it. */
record Folder(Path path) implements AutoCloseable {

  /**
   * {@return a folder that another process may read and write as well}
   *
   * <p>Design: only root gets into processes of others, and root may give the folder to them.
   * Nobody else may look into it.
   */
  static Folder sharedWith(ProcessHandle process) throws Refusal {
    Folder folder = make();
    Optional<String> owner = process.info().user();
    if (owner.isPresent() && !owner.equals(ProcessHandle.current().info().user())) {
      try {
        Files.setOwner(
            folder.path,
            folder
                .path
                .getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName(owner.get()));
      } catch (IOException | UnsupportedOperationException failure) {
        folder.close();
        throw new Refusal(
            "no folder can be shared with " + owner.get() + ": run this command as that user",
            failure);
      }
    }
    return folder;
  }

  private static Folder make() throws Refusal {
    try {
      return new Folder(Files.createTempDirectory("withal-").toRealPath());
    } catch (IOException failure) {
      throw new Refusal("no temporary folder can be made: " + failure.getMessage(), failure);
    }
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(path)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        delete(file);
      }
    } catch (IOException | UncheckedIOException gone) {
      // Whatever has gone needn't be deleted.
      assert gone != null;
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException open) {
      // Windows lets nobody delete a jar that the other process has open.
      file.toFile().deleteOnExit();
    }
  }
}
