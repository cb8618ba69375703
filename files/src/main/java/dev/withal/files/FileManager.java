package dev.withal.files;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Opens a file on the executor, and returns the context that closes it there.
 *
 * @param path the path of the file, for messages
 * @param opening opens the file; blocks
 * @param access the executor and the other settings
 * @param options the options with which it is opened
 */
record FileManager(
    Path path, Acquiring.Call<Channel> opening, FileAccess access, Set<OpenOption> options)
    implements AsyncContextManager<AsyncFile> {

  @Override
  public CompletionStage<? extends AsyncContext<AsyncFile>> enterAsync() {
    return Acquiring.start(
        access.executor(),
        wait -> new Opened(new AsyncFile(access.opened(path, opening.call(wait), options))));
  }

  @Override
  public String toString() {
    return "AsyncFiles.open(" + path + ")";
  }

  /** An open file's context, which closes it. */
  private record Opened(AsyncFile value) implements AsyncContext<AsyncFile> {

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return value.file().closeAsync(how).thenApply(ignored -> Verdict.PROPAGATE);
    }

    @Override
    public String toString() {
      return value.toString();
    }
  }
}
