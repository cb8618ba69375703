package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Random;

/** Gives some bytes at a time, as a pipe does. */
final class InPieces implements ByteChannel {
  private final ByteBuffer content;
  private final Random random;

  InPieces(byte[] content, Random random) {
    this.content = ByteBuffer.wrap(content);
    this.random = random;
  }

  @Override
  public int read(ByteBuffer target) {
    if (!content.hasRemaining()) {
      return -1;
    }
    int most = 1 + random.nextInt(random.nextInt(4) == 0 ? 100 : 5);
    int count = Math.min(most, Math.min(content.remaining(), target.remaining()));
    target.put(content.slice(content.position(), count));
    content.position(content.position() + count);
    return count;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    throw new IOException("nobody reads");
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
