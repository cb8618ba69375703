package dev.withal.files;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Context;
import dev.withal.ContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A tree as a stream, which is read on the thread that uses it. */
record TreeStream(Tree tree, Stream<Path> value) implements Context<Stream<Path>> {

  static AsyncContextManager<Stream<Path>> manager(FileAccess access, Path path, Walk walk) {
    ContextManager<Stream<Path>> manager = () -> of(new Tree(path, walk, ignored -> true));
    return manager.async(access.executor()).named("AsyncPath.stream(" + path + ")");
  }

  private static TreeStream of(Tree tree) {
    Stream<Path> stream =
        StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                new Reading(tree), Spliterator.ORDERED | Spliterator.NONNULL),
            false);
    return new TreeStream(tree, stream.onClose(tree.closing()));
  }

  @Override
  public Verdict exit(ExitCase how) {
    value.close();
    return Verdict.PROPAGATE;
  }

  /** Reads a batch when the last one is used up. */
  private static final class Reading implements Iterator<Path> {
    private final Tree tree;
    private final ArrayDeque<Path> batch = new ArrayDeque<>();
    private boolean more = true;

    Reading(Tree tree) {
      this.tree = tree;
    }

    @Override
    public boolean hasNext() {
      try {
        while (batch.isEmpty() && more) {
          Async.refuseEventLoop("stream", "walk");
          more = tree.read(batch);
          tree.tell();
        }
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      return !batch.isEmpty();
    }

    @Override
    public Path next() {
      if (!hasNext()) {
        throw new NoSuchElementException("no entry is left");
      }
      return batch.remove();
    }
  }
}
