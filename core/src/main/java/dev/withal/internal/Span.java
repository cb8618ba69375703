package dev.withal.internal;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The knowledge of a {@linkplain Tracer tracer} about one enter, body and exit beyond the record:
 * where it was entered, inside of what, since when, who asked it to end, and how it ended.
 *
 * <p>Design: made only while somebody traces. It is written by whoever goes on with the use, one
 * thread after the other, and read by others at any time, who may see it a moment late. One that
 * has ended lets go of its parent, so that a chain of uses, each begun in the one before, keeps one
 * link.
 */
public abstract class Span {
  /** Stands for a parent of which nobody can tell which it is. */
  public static final Span UNKNOWN = new Span(null, null) {};

  private static final AtomicLong IDS = new AtomicLong();

  // Plain, as barriers cost more than all else here: the record publishes what it was made with.
  private @Nullable Span parent;
  private final @Nullable String site;

  /** Where a watcher saw it begin; null if none knows. */
  private @Nullable String seen;

  /** Given when it is asked for first. */
  private long id;

  private final long begun = Tracer.tick();

  /**
   * How long after that it was entered, and how long after that its exit began; -1 if it hasn't.
   */
  private int entered = -1;

  private int exiting = -1;

  private volatile @Nullable Asked asked;
  private @Nullable Outcome outcome;
  private @Nullable Throwable error;

  /** How something ended. */
  public enum Outcome {
    /** The enter failed. */
    NOT_ENTERED,
    /** The body and the exit succeeded. */
    SUCCEEDED,
    /** The body or the exit failed. */
    FAILED,
    /** The body was asked to end. */
    CANCELLED
  }

  /**
   * A request to end.
   *
   * @param since when it came, as {@link Tracer#tick} counts
   * @param reason the reason
   */
  public record Asked(long since, Throwable reason) {}

  /**
   * Begins one.
   *
   * @param parent inside of what it begins; null if it is inside of nothing
   * @param site where it begins; null if that isn't known
   */
  protected Span(@Nullable Span parent, @Nullable String site) {
    this.parent = parent;
    this.site = site;
  }

  // ---- how it goes on --------------------------------------------------------------------------

  /** It was entered, and its body begins. */
  public void entered() {
    entered = ticks();
  }

  /**
   * The calling thread begins to run a part of it: its enter, its body or its exit.
   *
   * @return what ends that, to be run once, on the same thread; null if nothing does
   */
  public @Nullable Runnable open() {
    return null;
  }

  /** It is followed no further, as it ends when contexts aren't recorded any more. */
  public void forgotten() {}

  /**
   * Its exit begins.
   *
   * @param how how the body ended
   * @param reason the error of that; null if it succeeded
   */
  public void exiting(Outcome how, @Nullable Throwable reason) {
    exiting = ticks();
    outcome = how;
    error = reason;
  }

  /** It is asked to end; the first request counts. */
  final void asked(Throwable reason) {
    if (asked == null) {
      asked = new Asked(Tracer.tick(), reason);
    }
  }

  /**
   * It has ended.
   *
   * @param named what knows its name
   * @param left the error that its exit left, or why it wasn't entered; null if there is none
   */
  public void ended(Object named, @Nullable Throwable left) {
    if (entered < 0) {
      outcome = Outcome.NOT_ENTERED;
    } else if (left != null && outcome != Outcome.CANCELLED) {
      outcome = Outcome.FAILED;
    }
    error = left == null ? error : left;
    parent = null;
  }

  private int ticks() {
    return (int) Math.min(Tracer.tick() - begun, Integer.MAX_VALUE);
  }

  /** A watcher saw it begin. */
  final void seenAt(@Nullable String where) {
    seen = where == null ? seen : where;
  }

  // ---- what is known ---------------------------------------------------------------------------

  /** {@return its number, which no other one has} */
  public final synchronized long id() {
    if (id == 0) {
      id = IDS.incrementAndGet();
    }
    return id;
  }

  /** {@return inside of what it began; null if nothing is known, or it has ended} */
  public final @Nullable Span parent() {
    Span of = parent;
    return of == UNKNOWN ? null : of;
  }

  /** {@return whether it began where nobody can tell inside of what} */
  public final boolean isParentUnknown() {
    return parent == UNKNOWN;
  }

  /** {@return where it began, as {@code com.acme.Orders.load(Orders.java:42)}; null if unknown} */
  public final @Nullable String site() {
    return site;
  }

  final @Nullable String seen() {
    return seen;
  }

  /** {@return when it began, as {@link Tracer#tick} counts} */
  public final long begun() {
    return begun;
  }

  /** {@return when the step began that it is in} */
  public final long since() {
    int offset = exiting >= 0 ? exiting : entered;
    return begun + Math.max(0, offset);
  }

  /** {@return whether its enter has ended} */
  public final boolean isEntered() {
    return entered >= 0;
  }

  /** {@return the first request to end; null if there was none} */
  public final @Nullable Asked asked() {
    return asked;
  }

  /** {@return how it ended, or its body; null while neither has} */
  public final @Nullable Outcome outcome() {
    return outcome;
  }

  /** {@return the error of that; null if there is none} */
  public final @Nullable Throwable error() {
    return error;
  }
}
