package dev.withal.insight;

import dev.withal.internal.Span;
import org.jspecify.annotations.Nullable;

/**
 * Hears how one use goes on, on the threads that go on with it, one after the other; must not
 * throw.
 */
interface UseListener {

  /** It was entered, and its body begins. */
  default void entered() {}

  /** Its exit begins. */
  default void exiting() {}

  /**
   * The calling thread begins to run its enter, body or exit. {@return what ends that, on the same
   * thread; null if nothing does}
   */
  default @Nullable Runnable open() {
    return null;
  }

  /** It has ended, as the span knows; called once, if {@link #lost} isn't. */
  void ended(Span span, Object named);

  /** Its end won't be known. Called once, if {@link #ended} isn't, and maybe at the same time. */
  default void lost(String how) {}

  /** Tells two. */
  record Both(UseListener first, UseListener second) implements UseListener {
    @Override
    public void entered() {
      first.entered();
      second.entered();
    }

    @Override
    public void exiting() {
      first.exiting();
      second.exiting();
    }

    @Override
    public @Nullable Runnable open() {
      Runnable one = first.open();
      Runnable other = second.open();
      if (one == null || other == null) {
        return one == null ? other : one;
      }
      return () -> {
        other.run();
        one.run();
      };
    }

    @Override
    public void ended(Span span, Object named) {
      first.ended(span, named);
      second.ended(span, named);
    }

    @Override
    public void lost(String how) {
      first.lost(how);
      second.lost(how);
    }
  }
}
