package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A channel that no interruption closes.
 *
 * <p>Design. The JDK's asynchronous file channel does blocking I/O in tasks of an executor, and
 * isn't interruptible. With an executor that runs a task immediately, the I/O is done on the
 * calling thread, and complete when the call returns. If it weren't, the wait for it would still be
 * uninterruptible.
 */
final class SteadyChannel implements Channel {
  private static final OnCallingThread ON_CALLING_THREAD = new OnCallingThread();

  private final AsynchronousFileChannel channel;

  private SteadyChannel(AsynchronousFileChannel channel) {
    this.channel = channel;
  }

  static SteadyChannel open(Path path, Set<OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return new SteadyChannel(
        AsynchronousFileChannel.open(path, options, ON_CALLING_THREAD, attributes));
  }

  @Override
  public boolean isSteady() {
    return true;
  }

  @Override
  public boolean hasPositions() {
    return true;
  }

  @Override
  public int read(ByteBuffer target, long from) throws IOException {
    return await(channel.read(target, from));
  }

  @Override
  public int write(ByteBuffer source, long to) throws IOException {
    return await(channel.write(source, to));
  }

  private static int await(Future<Integer> transfer) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return transfer.get();
        } catch (InterruptedException ignored) {
          interrupted = true;
        }
      }
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof IOException error ? error : new IOException(failure);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
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

  /** Runs a task before {@code execute} returns. The channel asks for nothing else. */
  private static final class OnCallingThread extends AbstractExecutorService {

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public void shutdown() {
      throw new UnsupportedOperationException("shared by all files");
    }

    @Override
    public List<Runnable> shutdownNow() {
      throw new UnsupportedOperationException("shared by all files");
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      throw new UnsupportedOperationException("shared by all files");
    }
  }
}
