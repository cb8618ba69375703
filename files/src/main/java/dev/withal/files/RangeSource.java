package dev.withal.files;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The bytes between two positions of a file, for one subscription. */
final class RangeSource implements PullPublisher.Source<ByteBuffer> {
  private final AsyncFile file;
  private final int size;
  private final long to;
  private long from;

  RangeSource(AsyncFile file, int size, long from, long to) {
    this.file = file;
    this.size = size;
    this.from = from;
    this.to = to;
  }

  @Override
  public CompletableFuture<@Nullable ByteBuffer> next() {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(size, to - from));
    if (piece.capacity() == 0) {
      return CompletableFuture.completedFuture(null);
    }
    return file.readAtAsync(from, piece)
        .thenApply(count -> {
          from += piece.position();
          return count < 0 ? null : piece.flip();
        });
  }
}
