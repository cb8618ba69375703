package dev.withal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a directory, for one subscription: read some hundred at a time on the executor.
 */
final class PathEntries implements PullPublisher.Source<Path> {
  private static final int BATCH = 256;

  private final Executor executor;
  private final Task.Body<? extends Stream<Path>> opening;
  private final ArrayDeque<Path> batch = new ArrayDeque<>();
  private @Nullable Stream<Path> open;
  private @Nullable Iterator<Path> rest;
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

  PathEntries(Executor executor, Task.Body<? extends Stream<Path>> opening) {
    this.executor = executor;
    this.opening = opening;
  }

  @Override
  public @Nullable Path ready() {
    return batch.poll();
  }

  @Override
  public CompletableFuture<@Nullable Path> next() {
    CompletableFuture<@Nullable Path> reading =
        Task.<@Nullable Path>start(executor, "list", this::read);
    last = reading;
    return reading;
  }

  private @Nullable Path read() throws IOException, InterruptedException {
    try {
      if (rest == null) {
        open = opening.run();
        rest = open.iterator();
      }
      while (batch.size() < BATCH && rest.hasNext()) {
        batch.add(rest.next());
      }
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
    return batch.poll();
  }

  /** Closes what is open once nobody reads from it. */
  @Override
  public void end() {
    last.whenComplete((_, _) -> {
      Stream<Path> unneeded = open;
      if (unneeded != null) {
        Task.start(
                executor,
                "close",
                () -> {
                  unneeded.close();
                  return true;
                })
            .whenComplete((_, failure) -> {
              if (failure != null) {
                Uncaught.tell(failure);
              }
            });
      }
    });
  }
}
