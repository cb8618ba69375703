package dev.withal.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a tree of directories is walked: how deep, into which directories, and how errors are
 * handled.
 *
 * <p>A tree is walked depth first, a directory before its contents, in the order in which the
 * system lists them. One directory at a time is open, and only while it is read, unless it has more
 * than ten thousand entries; so a tree may have any depth that a path can express.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class Walk {
  private static final Walk ALL = new Walk(Integer.MAX_VALUE, false, null, null);

  private final int depth;
  private final boolean followsLinks;
  private final @Nullable Predicate<? super Path> into;
  private final @Nullable BiConsumer<? super Path, ? super IOException> onError;

  private Walk(
      int depth,
      boolean followsLinks,
      @Nullable Predicate<? super Path> into,
      @Nullable BiConsumer<? super Path, ? super IOException> onError) {
    this.depth = depth;
    this.followsLinks = followsLinks;
    this.into = into;
    this.onError = onError;
  }

  /** {@return a walk through everything; links aren't followed, and the first error ends it} */
  public static Walk all() {
    return ALL;
  }

  /**
   * {@return the same walk with a maximum depth}
   *
   * @param most the maximum depth: 0 is the start of the walk, 1 the contents of that directory,
   *     and so on
   * @throws IllegalArgumentException if the depth is negative
   */
  public Walk depth(int most) {
    if (most < 0) {
      throw new IllegalArgumentException("a depth of " + most + ": use at least 0");
    }
    return new Walk(most, followsLinks, into, onError);
  }

  /**
   * {@return the same walk, which also follows links} A link to a directory that contains it is an
   * error, a {@link java.nio.file.FileSystemLoopException}.
   */
  public Walk followingLinks() {
    return new Walk(depth, true, into, onError);
  }

  /**
   * {@return the same walk, only into some directories} The directories that it doesn't enter are
   * still among the elements.
   *
   * @param which tests whether to enter a directory; called once for each, before it is read. It
   *     may block. An exception that it throws ends the walk
   */
  public Walk into(Predicate<? super Path> which) {
    return new Walk(depth, followsLinks, Objects.requireNonNull(which, "which"), onError);
  }

  /**
   * {@return the same walk, which continues past errors} An entry whose attributes can't be read is
   * left out. A directory that can't be read, or that contains itself by way of a link, is still
   * among the elements, without its contents.
   *
   * @param handler called with each path that couldn't be read and the error, by the thread that
   *     reads the next entry. It may block. An exception that it throws ends the walk; an {@link
   *     java.io.UncheckedIOException} does so with its cause
   */
  public Walk onError(BiConsumer<? super Path, ? super IOException> handler) {
    return new Walk(depth, followsLinks, into, Objects.requireNonNull(handler, "handler"));
  }

  int depth() {
    return depth;
  }

  boolean followsLinks() {
    return followsLinks;
  }

  @Nullable Predicate<? super Path> into() {
    return into;
  }

  @Nullable BiConsumer<? super Path, ? super IOException> onError() {
    return onError;
  }
}
