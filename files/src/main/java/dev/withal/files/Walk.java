package dev.withal.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a tree of directories is gone through: how deep, into which, and what becomes of errors.
 *
 * <p>A tree is gone through depth first, a directory before what is in it, in the order in which
 * the system lists it. One directory at a time is open, and only while it is read, unless it has
 * more than ten thousand entries; so a tree may have any depth that a path can say.
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

  /** {@return through everything; links aren't followed, and the first error ends it} */
  public static Walk all() {
    return ALL;
  }

  /**
   * {@return the same, and no deeper than that}
   *
   * @param most how deep: 0 is where it begins, 1 what is in that directory, and so on
   * @throws IllegalArgumentException if it is negative
   */
  public Walk depth(int most) {
    if (most < 0) {
      throw new IllegalArgumentException("a depth of " + most + ": take 0 at least");
    }
    return new Walk(most, followsLinks, into, onError);
  }

  /**
   * {@return the same, through links as well} One that leads to a directory that it is in is an
   * error, a {@link java.nio.file.FileSystemLoopException}.
   */
  public Walk followingLinks() {
    return new Walk(depth, true, into, onError);
  }

  /**
   * {@return the same, and only into some directories} Those that it doesn't go into are among the
   * elements all the same.
   *
   * @param which whether to go into a directory; asked once for each, before it is read. It may
   *     block. An exception of it ends the walk
   */
  public Walk into(Predicate<? super Path> which) {
    return new Walk(depth, followsLinks, Objects.requireNonNull(which, "which"), onError);
  }

  /**
   * {@return the same, and past what can't be read} An error is told, and what it is about left
   * out.
   *
   * @param handler is told what couldn't be read, and why; from the thread that reads the next. It
   *     may block. An exception of it ends the walk; an {@link java.io.UncheckedIOException} as the
   *     error that it has
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
