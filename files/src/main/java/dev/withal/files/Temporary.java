package dev.withal.files;

import dev.withal.AsyncContextManager;
import dev.withal.Context;
import dev.withal.ContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** A file or directory that the exit deletes, with its contents. */
record Temporary(Path value) implements Context<Path> {

  static AsyncContextManager<Path> manager(Executor executor, String name, Task.Body<Path> create) {
    ContextManager<Path> manager = () -> new Temporary(create.run());
    return manager.async(executor).named(name);
  }

  @Override
  public Verdict exit(ExitCase how) throws IOException {
    var deletion = new TreeDeletion.OfOwn(value);
    List<Path> deleted = new ArrayList<>();
    try {
      while (deletion.read(deleted)) {
        deleted.clear();
      }
    } catch (NoSuchFileException gone) {
      if (!value.toString().equals(gone.getFile())) {
        throw gone;
      }
      // The body has deleted it.
    }
    return Verdict.PROPAGATE;
  }
}
