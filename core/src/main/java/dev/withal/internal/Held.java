package dev.withal.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The record of what is held: each context that was entered and not exited yet, and each enter and
 * exit that somebody waits for.
 *
 * <p>It is the one answer to what a process holds: {@code Async.run} asks it as the process ends,
 * slow exits are found in it, and a leak check watches it. While nobody wants to know, contexts
 * aren't recorded, and asking {@link #isOn} is all that an enter pays; pending exits always are.
 *
 * <p>Design: linked lists in stripes, the latest entry first. The calling thread chooses the
 * stripe, so threads that are at work at the same time seldom meet, and what one thread enters
 * stays in order. Adding is one swap of a head. An entry that leaves is only marked; a sweep takes
 * such entries out once as many have left as it found staying before, so that each pays for a step
 * or two of it. A sweep changes nothing but links around entries that have left, so whoever reads
 * goes along without a lock, and misses nothing that stays.
 */
public final class Held {
  private static final Stripe[] STRIPES = new Stripe[16];

  static {
    for (int i = 0; i < STRIPES.length; i++) {
      STRIPES[i] = new Stripe();
    }
  }

  /** How many want to know of contexts. */
  private static final AtomicInteger WANTED = new AtomicInteger();

  private static volatile Watcher[] watchers = new Watcher[0];

  /** How long to wait for a {@link #change} before looking again. */
  public static final Duration MISSED = Duration.ofMillis(200);

  /** Completed by the next entry that leaves; null if nobody waits for that. */
  private static final AtomicReference<@Nullable CompletableFuture<@Nullable Void>> CHANGE =
      new AtomicReference<>();

  private Held() {}

  /** What is being done with what is held. */
  public enum Step {
    /** It is being acquired. */
    ENTERING,
    /** It is used. */
    BODY,
    /** It is being released. */
    EXITING
  }

  /** Something that is held, or is about to be. */
  public abstract static class Entry {
    private static final VarHandle NEXT = handle(Entry.class, "next", Entry.class);
    private static final VarHandle GONE = handle(Entry.class, "gone", boolean.class);

    private volatile @Nullable Entry next;
    private volatile boolean gone;

    /** The number of the stripe that it is in; less than zero while it is nowhere. */
    private byte stripe = -1;

    /**
     * Where it is entered, or the {@link Span} that knows more; null if nobody wants to know, or
     * nobody can tell.
     */
    private @Nullable Object about = Held.site();

    /** How often it was looked at, by the one who looks for slow exits. */
    private byte looks;

    /** Made by subclasses. */
    protected Entry() {}

    /** {@return what is held: the context itself, while it is held} */
    public abstract Object subject();

    /** {@return what messages call it} Computed on each call, which may run code of others. */
    public abstract String name();

    /** {@return what is being done with it} */
    public abstract Step step();

    /** {@return where it was entered, as {@code Orders.java:42}; null if that isn't known} */
    public final @Nullable String site() {
      return about instanceof Span span ? span.seen() : (String) about;
    }

    /** {@return what a tracer knows of it; null if nobody traced as it began} */
    public final @Nullable Span span() {
      return about instanceof Span span ? span : null;
    }

    /**
     * Takes what a tracer knows.
     *
     * @param known the span
     */
    public final void take(Span known) {
      known.seenAt(site());
      about = known;
    }

    /** {@return what knows its name: the name itself, or what prints it} */
    public Object named() {
      return name();
    }

    /** {@return the thread that entered it; null if that isn't known, or it has ended} */
    public @Nullable Thread thread() {
      return null;
    }

    /** {@return whether that thread has it in its frames, and so waits, works or exits for it} */
    public boolean isOnItsThread() {
      return false;
    }

    /** It need not be recorded any more, and keeps nothing: the record may keep it for a while. */
    public void forget() {
      remove(this);
    }

    /** {@return whether nobody exits it any more once its holder is lost, not even a run} */
    public boolean isLostWithItsHolder() {
      return false;
    }

    /** {@return what its body, or its enter, waits for, as far as that is recorded; else null} */
    public @Nullable Entry awaited() {
      return null;
    }

    /**
     * It is asked to end.
     *
     * @param reason why
     */
    public final void isAsked(Throwable reason) {
      if (about instanceof Span span) {
        span.asked(reason);
      }
    }

    /** {@return whether it is still recorded} */
    public final boolean isRecorded() {
      return stripe >= 0 && !gone;
    }

    /**
     * Says where it was entered, if that is known.
     *
     * @param known what {@link Held#site} was as its enter began
     */
    public final void enteredAt(@Nullable String known) {
      if (about instanceof Span span) {
        span.seenAt(known);
      } else {
        about = known == null ? about : known;
      }
    }

    /** {@return how often it was looked at, this look included} It counts up to a hundred. */
    public final int looked() {
      looks = (byte) Math.min(looks + 1, 100);
      return looks;
    }
  }

  /** Hears of contexts, on the thread that enters or exits them; must not throw. */
  public interface Watcher {

    /** {@return where the calling thread is in code of others, as far as is known} */
    default @Nullable String site() {
      return null;
    }

    /**
     * A context was handed out.
     *
     * @param entry which
     */
    void entered(Entry entry);

    /**
     * A context's exit begins.
     *
     * @param entry which
     */
    void exiting(Entry entry);
  }

  // ---- whether contexts are recorded -----------------------------------------------------------

  /** {@return whether contexts are recorded} */
  public static boolean isOn() {
    return WANTED.getOpaque() > 0;
  }

  /** Records contexts from here on, until {@link #end}. */
  public static void begin() {
    WANTED.incrementAndGet();
  }

  /** Ends what {@link #begin} began; the last one forgets what is still held. */
  public static void end() {
    if (WANTED.decrementAndGet() == 0) {
      for (Entry entry : entries()) {
        if (entry.step() != Step.EXITING) {
          remove(entry);
        }
      }
    }
  }

  /**
   * Tells a watcher of every context from here on.
   *
   * @param watcher whom to tell
   */
  public static void watch(Watcher watcher) {
    synchronized (Held.class) {
      Watcher[] before = watchers;
      Watcher[] all = Arrays.copyOf(before, before.length + 1);
      all[before.length] = watcher;
      watchers = all;
    }
    begin();
  }

  /**
   * Tells a watcher no more.
   *
   * @param watcher whom to tell no more
   */
  public static void unwatch(Watcher watcher) {
    synchronized (Held.class) {
      watchers = Arrays.stream(watchers).filter(other -> other != watcher).toArray(Watcher[]::new);
    }
    end();
  }

  /** {@return whether anybody but a tracer wants to know of contexts, as a run does} */
  public static boolean isOnForOthers() {
    return WANTED.get() > (Tracer.isOn() ? 1 : 0);
  }

  // ---- what is held ----------------------------------------------------------------------------

  /** {@return where the calling thread enters something; null unless a watcher knows} */
  public static @Nullable String site() {
    String site = null;
    for (Watcher watcher : watchers) {
      site = site == null ? watcher.site() : site;
    }
    return site;
  }

  /**
   * A context was handed out.
   *
   * @param entry it
   */
  public static void entered(Entry entry) {
    add(entry);
    arrived(entry);
  }

  /**
   * The same of one that is recorded already, as its enter was pending.
   *
   * @param entry it
   */
  public static void arrived(Entry entry) {
    for (Watcher watcher : watchers) {
      watcher.entered(entry);
    }
  }

  /**
   * The exit of a context begins.
   *
   * @param entry it
   */
  public static void exiting(Entry entry) {
    for (Watcher watcher : watchers) {
      watcher.exiting(entry);
    }
  }

  /**
   * Records an entry that isn't recorded yet.
   *
   * @param entry what to record
   */
  public static void add(Entry entry) {
    entry.stripe = (byte) (Thread.currentThread().threadId() & (STRIPES.length - 1));
    STRIPES[entry.stripe].add(entry);
  }

  /**
   * Forgets an entry; does nothing if it isn't recorded.
   *
   * @param entry what to forget
   */
  public static void remove(Entry entry) {
    Entry.GONE.setRelease(entry, true);
    if (entry.stripe >= 0) {
      STRIPES[entry.stripe].left();
    }
    if (CHANGE.get() != null) {
      // Guard against race with another one that leaves, which may have completed it by now.
      CompletableFuture<@Nullable Void> awaited = CHANGE.getAndSet(null);
      if (awaited != null) {
        awaited.complete(null);
      }
    }
  }

  /**
   * {@return a future that completes when an entry has left} An entry leaves without a barrier, so
   * one that leaves at this very moment may not see that somebody waits: wait for {@link #MISSED}
   * at most, and look again.
   */
  public static CompletableFuture<@Nullable Void> change() {
    return Objects.requireNonNull(
        CHANGE.updateAndGet(awaited -> awaited == null ? new CompletableFuture<>() : awaited));
  }

  /** {@return what is recorded; of what one thread has entered, the latest first} */
  public static List<Entry> entries() {
    var entries = new ArrayList<Entry>();
    forEach(entries::add);
    return entries;
  }

  /**
   * Goes through what is recorded, without keeping it from changing meanwhile.
   *
   * @param action what to do with each
   */
  public static void forEach(Consumer<? super Entry> action) {
    for (Stripe stripe : STRIPES) {
      for (Entry entry = stripe.head; entry != null; entry = entry.next) {
        if (!entry.gone) {
          action.accept(entry);
        }
      }
    }
  }

  private static VarHandle handle(Class<?> type, String field, Class<?> ofField) {
    try {
      return MethodHandles.lookup().findVarHandle(type, field, ofField);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** One of the lists. */
  private static final class Stripe {
    private static final VarHandle HEAD = handle(Stripe.class, "head", Entry.class);
    private static final int FEWEST = 64;

    private volatile @Nullable Entry head;
    private final AtomicBoolean sweeping = new AtomicBoolean();

    // A count that may be off when threads meet here: then a sweep comes a little later.
    private int left;
    private int limit = FEWEST;

    // Keeps what two threads write at the same time apart.
    @SuppressWarnings({"unused", "UnusedVariable"})
    private long apart1, apart2, apart3, apart4, apart5, apart6, apart7, apart8;

    void add(Entry entry) {
      Entry top = head;
      Entry.NEXT.set(entry, top);
      while (!HEAD.compareAndSet(this, top, entry)) {
        top = head;
        Entry.NEXT.set(entry, top);
      }
    }

    /** An entry has left. */
    void left() {
      Entry top = head;
      if (++left >= limit && top != null && sweeping.compareAndSet(false, true)) {
        try {
          left = 0;
          limit = Math.max(FEWEST, sweep(top));
        } finally {
          sweeping.set(false);
        }
      }
    }

    /** Takes out what has left below an entry. {@return how many stay} */
    private static int sweep(Entry from) {
      int staying = 0;
      Entry last = from;
      for (Entry entry = from.next; entry != null; entry = entry.next) {
        if (!entry.gone) {
          if (last.next != entry) {
            Entry.NEXT.setRelease(last, entry);
          }
          last = entry;
          staying++;
        }
      }
      Entry.NEXT.setRelease(last, null);
      return staying;
    }
  }
}
