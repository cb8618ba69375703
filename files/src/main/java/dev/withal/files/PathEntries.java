package dev.withal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Entries for one subscription: some hundred at a time, each time in a place.
 *
 * <p>Design. A subscription that is never cancelled becomes unreachable at some time, and its open
 * directories are closed then. While something is read for it, it is reachable.
 */
final class PathEntries implements PullPublisher.Source<Path> {
  private static final Cleaner CLEANER = Cleaner.create();

  private final String name;
  private final FileAccess access;
  private final Entries entries;
  private final Cleaner.Cleanable closing;
  private final ArrayDeque<Path> batch = new ArrayDeque<>();
  private @Nullable IOException failure;
  private CompletableFuture<Boolean> last = CompletableFuture.completedFuture(true);

  private PathEntries(String name, FileAccess access, Entries entries) {
    this.name = name;
    this.access = access;
    this.entries = entries;
    closing = CLEANER.register(this, entries.closing());
  }

  /** {@return a publisher of entries, which are read anew for each subscription} */
  static PullPublisher<Path> publisher(
      String name, FileAccess access, Supplier<? extends Entries> entries) {
    return new PullPublisher<>(() -> new PathEntries(name, access, entries.get()));
  }

  @Override
  public @Nullable Path ready() {
    return batch.poll();
  }

  @Override
  public CompletableFuture<@Nullable Path> next() {
    Task<Boolean> reading = access.places().start(name, ignored -> read());
    last = reading;
    return reading
        .thenCompose(more -> told().thenApply(ignored -> more))
        .thenCompose(more ->
            batch.isEmpty() && more ? next() : CompletableFuture.completedFuture(batch.poll()));
  }

  /** Reads some more; a failure is told after what was read or done before it. */
  private boolean read() throws IOException {
    if (failure != null) {
      throw failure;
    }
    try {
      return entries.read(batch);
    } catch (IOException error) {
      if (batch.isEmpty()) {
        throw error;
      }
      failure = error;
      return true;
    }
  }

  /** Runs on the executor, as subscribers may block and a requesting thread may not. */
  @Override
  public void execute(Runnable rounds) {
    try {
      access.executor().execute(rounds);
    } catch (Throwable ignored) {
      // The executor is gone: the next read is refused, and the subscriber is told.
      rounds.run();
    }
  }

  private CompletableFuture<@Nullable Void> told() {
    if (!entries.hasToTell()) {
      return CompletableFuture.completedFuture(null);
    }
    // As a task of its own: a caller's code may block, and this may be a thread that must not.
    Executor executor = access.executor();
    return Task.<@Nullable Void>start(
        executor,
        name,
        () -> {
          try {
            entries.tell();
          } catch (UncheckedIOException failure) {
            throw failure.getCause();
          }
          return null;
        });
  }

  /** Closes open directories once nobody reads from them. */
  @Override
  public void end() {
    last.cancel(true);
    last.whenComplete((ignored, unused) -> {
      try {
        access.executor().execute(closing::clean);
      } catch (Throwable ignoredToo) {
        // The executor is gone; closing a directory takes no longer than cancelling.
        closing.clean();
      }
    });
  }
}
