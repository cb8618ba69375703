package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * A channel that an interruption closes, and that only the executor's threads may enter for that.
 *
 * <p>The position is counted here because a pipe doesn't know its own.
 */
final class ExecutorChannel implements Channel {
  private final FileChannel channel;
  private final boolean appends;
  private long position;

  private ExecutorChannel(FileChannel channel, boolean appends) {
    this.channel = channel;
    this.appends = appends;
  }

  static ExecutorChannel open(Path path, Set<OpenOption> options) throws IOException {
    boolean appends = options.contains(StandardOpenOption.APPEND);
    return new ExecutorChannel(FileChannel.open(path, options), appends);
  }

  @Override
  public boolean isSteady() {
    return false;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int count = channel.read(target);
    position += Math.max(count, 0);
    return count;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = channel.write(source);
    position = appends ? channel.position() : position + count;
    return count;
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void seek(long newPosition) throws IOException {
    channel.position(newPosition);
    position = newPosition;
  }

  @Override
  public void force() throws IOException {
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
