package dev.withal.files;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The bytes between two positions of a file, for one subscription. */
final class RangeSource implements PullPublisher.Source<ByteBuffer> {
  private final OpenFile file;
  private final PositionedAccess positioned;
  private final int size;
  private final long to;

  // Of the operation, while there is one.
  private long from;

  RangeSource(OpenFile file, int size, long from, long to) {
    this.file = file;
    positioned = file.positioned();
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
    // The operation itself, so that the end of the subscription reaches it.
    return file.<@Nullable ByteBuffer>submit(
        Action.READ_AT,
        () -> {
          int count = positioned.readAt(from, piece);
          from += piece.position();
          return count < 0 ? null : piece.flip();
        });
  }
}
