package dev.withal.insight;

import dev.withal.internal.Held;
import dev.withal.internal.Names;
import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The contexts held at about one moment: no thread is stopped to take it.
 *
 * <p>Design: the record is a list that readers go along without a lock, so a million entries cost
 * those who enter nothing. A name is asked for once for each manager, as that runs code of others.
 */
final class Snapshot {
  private final List<Held.Entry> entries;
  private final long now;
  private final long wall = wallClock();
  private final IdentityHashMap<Object, String> names = new IdentityHashMap<>();

  /** Of those that are held, by what is known of each. */
  private final IdentityHashMap<Span, Held.Entry> held = new IdentityHashMap<>();

  /** By what is awaited: what awaits it. */
  private final IdentityHashMap<Span, Span> awaiting = new IdentityHashMap<>();

  private Snapshot(List<Held.Entry> entries, long now) {
    this.entries = entries;
    this.now = now;
  }

  static long wallClock() {
    return System.currentTimeMillis();
  }

  static Snapshot take() {
    var snapshot = new Snapshot(Insight.isTracing() ? Held.entries() : List.of(), Tracer.tick());
    for (Held.Entry entry : snapshot.entries) {
      Span span = entry.span();
      if (span != null) {
        snapshot.held.put(span, entry);
        snapshot.noteAwaited(entry, span);
      }
    }
    return snapshot;
  }

  /** A use that a body returned as it is, is nested in that body's. */
  private void noteAwaited(Held.Entry entry, Span span) {
    Held.Entry inner = entry.awaited();
    Span awaited = inner == null ? null : inner.span();
    if (awaited != null && awaited != span && awaited.parent() == null) {
      awaiting.put(awaited, span);
    }
  }

  List<Held.Entry> entries() {
    return entries;
  }

  /** {@return inside of what something is held that is held as well; null if nothing is known} */
  @Nullable Span parent(Span span) {
    Span of = span.parent();
    if (of == null) {
      of = awaiting.get(span);
    }
    return of != null && held.containsKey(of) ? of : null;
  }

  Held.@Nullable Entry entry(Span span) {
    return held.get(span);
  }

  String name(Held.Entry entry) {
    return names.computeIfAbsent(entry.named(), Names::of);
  }

  /** {@return how long ago a moment was, in milliseconds} */
  long age(long tick) {
    return Math.max(0, now - tick);
  }

  /** {@return a moment, in milliseconds since the epoch} */
  long epochMillis(long tick) {
    return wall - age(tick);
  }
}
