package dev.withal.files;

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
 * <p>Design. A subscription that nobody cancels is forgotten at some time; what it has open is
 * closed when it is unreachable. While something is read for it, that reaches it.
 */
final class PathEntries implements PullPublisher.Source<Path> {
  private static final Cleaner CLEANER = Cleaner.create();

  private final String name;
  private final FileAccess access;
  private final Entries entries;
  private final Cleaner.Cleanable closing;
  private final ArrayDeque<Path> batch = new ArrayDeque<>();
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
    Task<Boolean> reading = access.places().start(name, _ -> entries.read(batch));
    last = reading;
    return reading
        .thenCompose(more -> told().thenApply(_ -> more))
        .thenCompose(more ->
            batch.isEmpty() && more ? next() : CompletableFuture.completedFuture(batch.poll()));
  }

  /** Subscribers are called on the executor, as they may block and whoever requests may not. */
  @Override
  public void execute(Runnable rounds) {
    try {
      access.executor().execute(rounds);
    } catch (Throwable _) {
      // The executor is gone: the next thing to read is refused, of which the subscriber is told.
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

  /** Closes what is open once nobody reads from it. */
  @Override
  public void end() {
    last.cancel(true);
    last.whenComplete((_, _) -> {
      try {
        access.executor().execute(closing::clean);
      } catch (Throwable _) {
        // The executor is gone; to close a directory takes no longer than to cancel.
        closing.clean();
      }
    });
  }
}
