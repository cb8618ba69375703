package dev.withal.files;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Opens a file on the executor, and hands out the context that closes it there.
 *
 * @param path what is opened, for messages
 * @param opening opens it; blocks
 * @param executor what runs the opening and all that follows
 */
record FileManager(Path path, Operation.Body<Channel> opening, Executor executor)
    implements AsyncContextManager<AsyncFile> {

  @Override
  public CompletionStage<AsyncContext<AsyncFile>> enterAsync() {
    var entering = new CompletableFuture<AsyncContext<AsyncFile>>();
    try {
      executor.execute(() -> open(entering));
    } catch (Throwable refusal) {
      entering.completeExceptionally(refusal);
    }
    return entering;
  }

  private void open(CompletableFuture<AsyncContext<AsyncFile>> entering) {
    if (entering.isDone()) {
      return;
    }
    Channel channel;
    try {
      channel = opening.run();
    } catch (Throwable error) {
      entering.completeExceptionally(error);
      return;
    }
    var file = new AsyncFile(path, channel, new OperationQueue(path, executor));
    // Guard against race with a caller who cancels the stage while the file is being opened.
    if (!entering.complete(new Opened(file))) {
      closeUnwanted(channel);
    }
  }

  /** Nobody waits for this file: a failure goes to the thread's uncaught exception handler. */
  private static void closeUnwanted(Channel channel) {
    try {
      channel.close();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  @Override
  public String toString() {
    return "AsyncFiles.open(" + path + ")";
  }

  /** An open file's context, which closes it. */
  private record Opened(AsyncFile value) implements AsyncContext<AsyncFile> {

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return value.closeAsync(how).thenApply(_ -> Verdict.PROPAGATE);
    }

    @Override
    public String toString() {
      return value.toString();
    }
  }
}
