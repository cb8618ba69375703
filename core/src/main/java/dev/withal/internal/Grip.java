package dev.withal.internal;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The one who ends an entry of the record, held by it weakly: when it is collected, nobody is left
 * to end it.
 *
 * <p>Design: what a use waits for refers to it, and its caller does, but not the record; so
 * whatever can still end it keeps it alive.
 */
public final class Grip extends WeakReference<Object> {
  private static final ReferenceQueue<Object> LEAKED = new ReferenceQueue<>();

  private final Object named;

  /** Null once it has ended. */
  private volatile Held.@Nullable Entry entry;

  /** Null while nobody has asked for it. */
  private volatile @Nullable CompletableFuture<@Nullable Void> over;

  /**
   * Makes one.
   *
   * @param holder who ends it
   * @param entry what is ended
   * @param named what knows its name
   */
  public Grip(Object holder, Held.Entry entry, Object named) {
    super(holder, LEAKED);
    this.entry = entry;
    this.named = named;
  }

  /** {@return what nobody can end any more, found since the last call; null if there is no more} */
  public static Held.@Nullable Entry nextLeaked() {
    for (Object lost = LEAKED.poll(); lost != null; lost = LEAKED.poll()) {
      Held.Entry entry = ((Grip) lost).entry;
      if (entry != null && entry.isRecorded()) {
        return entry;
      }
    }
    return null;
  }

  /** {@return what knows the name of the entry} */
  public Object named() {
    return named;
  }

  /**
   * {@return what is done when the entry has ended} It is for the one who has to know of that
   * without knowing who ends it.
   */
  public CompletableFuture<@Nullable Void> over() {
    var done = new CompletableFuture<@Nullable Void>();
    over = done;
    // Guard against race with the end, which did not find it yet.
    if (entry == null) {
      done.complete(null);
    }
    return done;
  }

  /** It has ended, so its holder is free to go. */
  public void end() {
    clear();
    entry = null;
    CompletableFuture<@Nullable Void> told = over;
    if (told != null) {
      told.complete(null);
    }
  }
}
