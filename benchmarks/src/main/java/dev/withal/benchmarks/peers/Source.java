package dev.withal.benchmarks.peers;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where every peer acquires from. Its stages are complete already, and made once.
 *
 * <p>It costs next to nothing, so that what is measured is the peer. It counts what is acquired and
 * released: that keeps the compiler from dropping the calls, and finds out a peer that skips one.
 * Used by one thread at a time.
 */
public class Source {

  /** What every body comes to, unless it fails. */
  public static final Integer RESULT = 42;

  private final Handle handle = new Handle();
  private final CompletableFuture<Handle> acquiredNow = CompletableFuture.completedFuture(handle);
  private final CompletableFuture<Void> releasedNow = CompletableFuture.allOf();
  private final CompletableFuture<Integer> readNow;
  private final @Nullable Exception failure;

  private long acquired;
  private long released;

  /** Every body succeeds. */
  public Source() {
    this(null);
  }

  /** Every body fails with {@code failure}, or succeeds if that is null. */
  public Source(@Nullable Exception failure) {
    this.failure = failure;
    this.readNow =
        failure == null
            ? CompletableFuture.completedFuture(RESULT)
            : CompletableFuture.failedFuture(failure);
  }

  /** {@return what every body fails with; null if it succeeds} */
  public final @Nullable Exception failure() {
    return failure;
  }

  /** {@return how many handles were acquired so far} */
  public final long acquired() {
    return acquired;
  }

  /** {@return how many handles are open} */
  public final long open() {
    return acquired - released;
  }

  final Handle handle() {
    return handle;
  }

  /** Acquires. */
  public final Handle acquire() {
    acquired++;
    return handle;
  }

  /** Begins to acquire. */
  public CompletableFuture<Handle> acquireAsync() {
    acquired++;
    return acquiredNow;
  }

  CompletableFuture<Integer> readAsync() {
    return readNow;
  }

  CompletableFuture<Void> releaseAsync() {
    released++;
    return releasedNow;
  }

  /** What is acquired. */
  public final class Handle implements AutoCloseable {
    private Handle() {}

    /** Does what the body is for. */
    public Integer read() throws Exception {
      if (failure != null) {
        throw failure;
      }
      return RESULT;
    }

    /** Begins what the body is for. */
    public CompletableFuture<Integer> readAsync() {
      return Source.this.readAsync();
    }

    /** Releases. */
    @Override
    public void close() {
      released++;
    }

    /** Begins to release. */
    public CompletableFuture<Void> closeAsync() {
      return releaseAsync();
    }
  }
}
