package dev.withal.files;

import dev.withal.ExitCase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An open file, with its operations in each style.
 *
 * <p>Design. An operation may come in two forms: one that needs only memory, and returns null if
 * that isn't enough, and one that may block. The first is tried by the caller, if it is the
 * caller's turn; only the second goes to the executor.
 */
final class OpenFile {
  private final Path path;
  private final Channel channel;
  private final FileBuffer buffer;
  private final OperationQueue queue;

  /** The encoders that wait for the second half of a surrogate pair. For the holder of the turn. */
  private final Set<TextEncoder> withinPair = new LinkedHashSet<>();

  OpenFile(Path path, Channel channel, FileBuffer buffer, OperationQueue queue) {
    this.path = path;
    this.channel = channel;
    this.buffer = buffer;
    this.queue = queue;
  }

  Path path() {
    return path;
  }

  FileBuffer buffer() {
    return buffer;
  }

  PositionedAccess positioned() {
    return new PositionedAccess(channel, buffer);
  }

  /** Runs the operation on the calling thread, when its turn has come. */
  <R extends @Nullable Object> R call(Action action, Task.Body<? extends R> body)
      throws IOException, InterruptedException {
    take(action);
    try {
      return block(body);
    } catch (IOException | RuntimeException error) {
      throw named(action, error);
    } finally {
      queue.release();
    }
  }

  /** Runs the operation on the calling thread, from memory if that is enough. */
  <R> @Nullable R call(
      Action action, Task.Body<@Nullable R> fromMemory, Task.Body<? extends @Nullable R> body)
      throws IOException, InterruptedException {
    take(action);
    try {
      R quick = fromMemory.run();
      return quick == null ? this.<@Nullable R>block(body) : quick;
    } catch (IOException | RuntimeException error) {
      throw named(action, error);
    } finally {
      queue.release();
    }
  }

  private void take(Action action) throws FileClosedException, InterruptedException {
    action.refuseEventLoop();
    queue.take(action);
  }

  private <R extends @Nullable Object> R block(Task.Body<? extends R> body)
      throws IOException, InterruptedException {
    return channel.isSteady()
        ? body.run()
        // An interruption doesn't end this wait: the file is a regular one, and soon done.
        : Wait.<R>result(Task.<R>start(queue.executor(), path, body));
  }

  /** Runs the operation on the executor, when its turn has come. */
  <R extends @Nullable Object> CompletableFuture<R> submit(
      Action action, Task.Body<? extends R> body) {
    return queue.submit(
        action,
        () -> {
          try {
            return body.run();
          } catch (IOException | RuntimeException error) {
            throw named(action, error);
          }
        });
  }

  /**
   * Runs the operation immediately from memory, if that is enough, and otherwise on the executor.
   */
  <R> CompletableFuture<@Nullable R> submit(
      Action action, Task.Body<@Nullable R> fromMemory, Task.Body<? extends @Nullable R> body) {
    R quick;
    try {
      quick = fromMemory(fromMemory);
    } catch (Throwable error) {
      return CompletableFuture.failedFuture(error);
    }
    return quick == null
        ? this.<@Nullable R>submit(action, body)
        : CompletableFuture.completedFuture(quick);
  }

  /**
   * Runs the operation immediately from memory.
   *
   * @return null if that isn't enough, or if others have the turn
   */
  <R> @Nullable R fromMemory(Task.Body<@Nullable R> body) throws IOException, InterruptedException {
    if (!queue.tryTake()) {
      return null;
    }
    try {
      return body.run();
    } finally {
      queue.release();
    }
  }

  /** Takes a step immediately that needs only memory. {@return whether it was done} */
  boolean inMemory(BooleanSupplier step) {
    if (!queue.tryTake()) {
      return false;
    }
    try {
      return step.getAsBoolean();
    } finally {
      queue.release();
    }
  }

  /** Holds back all bytes immediately, if that needs only memory. {@return whether it did} */
  boolean hold(ByteBuffer source) {
    if (!queue.tryTake()) {
      return false;
    }
    try {
      return buffer.hold(source);
    } finally {
      queue.release();
    }
  }

  /** Holds back all bytes of a text immediately, if that needs only memory. */
  boolean hold(TextEncoder encoder, String text) {
    if (!queue.tryTake()) {
      return false;
    }
    try {
      return encoder.hold(buffer, text);
    } finally {
      queue.release();
    }
  }

  /** Writes a text; only for the holder of the turn. */
  void write(TextEncoder encoder, String text, @Nullable ByteBuffer encoded)
      throws IOException, InterruptedException {
    try {
      encoder.write(buffer, text, encoded);
    } finally {
      if (encoder.isWithinPair()) {
        withinPair.add(encoder);
      } else {
        withinPair.remove(encoder);
      }
    }
  }

  /**
   * Ends texts within a pair, and forces the file: then nothing that was written isn't on the
   * device.
   */
  CompletableFuture<@Nullable Void> forceWholeAsync() {
    return this.<@Nullable Void>submit(
        Action.FORCE,
        () -> {
          finishTexts();
          positioned().force();
          return null;
        });
  }

  private void finishTexts() throws IOException, InterruptedException {
    List<TextEncoder> unfinished = List.copyOf(withinPair);
    withinPair.clear();
    for (TextEncoder encoder : unfinished) {
      encoder.finish(buffer);
    }
  }

  private void close() throws IOException, InterruptedException {
    try {
      finishTexts();
    } catch (Throwable failure) {
      try {
        buffer.close();
      } catch (Throwable alsoFailed) {
        failure.addSuppressed(alsoFailed);
      }
      throw failure;
    }
    buffer.close();
  }

  CompletableFuture<@Nullable Void> closeAsync(ExitCase how) {
    return queue.close(
        () -> {
          try {
            close();
            return null;
          } catch (IOException error) {
            throw named(Action.CLOSE, error);
          }
        },
        how);
  }

  /** {@return the error to throw instead of the given one, which names the file and the action} */
  private IOException named(Action action, Exception error) {
    return switch (error) {
      case NonReadableChannelException ignored ->
          throw new IllegalStateException(
              path + ": " + action + " on a file that wasn't opened with READ", error);
      case NonWritableChannelException ignored ->
          throw new IllegalStateException(
              path + ": " + action + " on a file that wasn't opened with WRITE or APPEND", error);
      case RuntimeException other -> throw other;
      case AsynchronousCloseException ignored -> FileClosedException.during(path, action);
      case IOException other -> named(path, action, other);
      default -> throw new AssertionError(error);
    };
  }

  static IOException named(Path path, Object operation, IOException error) {
    if (error instanceof FileSystemException
        || error instanceof CharacterCodingException
        || error instanceof ClosedChannelException) {
      return error;
    }
    var named =
        new FileSystemException(
            path.toString(), null, operation + " failed: " + error.getMessage());
    named.initCause(error);
    return named;
  }
}
