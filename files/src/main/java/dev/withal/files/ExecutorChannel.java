package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/**
 * A channel that an interruption closes, and that only the executor's threads may enter therefore.
 */
final class ExecutorChannel implements Channel {
  private final Path path;
  private final FileChannel channel;
  private final boolean appends;

  private ExecutorChannel(Path path, FileChannel channel, boolean appends) {
    this.path = path;
    this.channel = channel;
    this.appends = appends;
  }

  static ExecutorChannel open(Path path, Set<OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    boolean appends = options.contains(StandardOpenOption.APPEND);
    return new ExecutorChannel(path, FileChannel.open(path, options, attributes), appends);
  }

  @Override
  public boolean isSteady() {
    return false;
  }

  @Override
  public boolean hasPositions() {
    return true;
  }

  @Override
  public void requirePositions(Action action) {
    if (appends && action != Action.READ_AT) {
      throw new IllegalStateException(
          path
              + ": "
              + action
              + " on a file that was opened with APPEND, where every write goes to the"
              + " end: open it with WRITE");
    }
  }

  @Override
  public boolean appends() {
    return appends;
  }

  @Override
  public int read(ByteBuffer target, long from) throws IOException {
    return channel.read(target, from);
  }

  @Override
  public int write(ByteBuffer source, long to) throws IOException {
    return appends ? channel.write(source) : channel.write(source, to);
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public void truncate(long size) throws IOException {
    channel.truncate(size);
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
