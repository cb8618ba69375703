package dev.withal;

import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A tracer that writes down what it is told, from its making to its close. */
final class WrittenTrace implements Tracer, AutoCloseable {
  final List<String> events = new CopyOnWriteArrayList<>();
  final List<Span> spans = new CopyOnWriteArrayList<>();

  /** Done when the first of them has ended. */
  final CompletableFuture<Void> firstEnd = new CompletableFuture<>();

  WrittenTrace() {
    Tracer.replace(this);
  }

  /** Writes down what it is told. */
  private final class Told extends Span {
    Told(@Nullable Span parent, @Nullable String site) {
      super(parent, site);
    }

    @Override
    public void entered() {
      super.entered();
      events.add("entered");
    }

    @Override
    public void exiting(Outcome how, @Nullable Throwable reason) {
      super.exiting(how, reason);
      events.add("exiting " + how);
    }

    @Override
    public void ended(Object named, @Nullable Throwable left) {
      super.ended(named, left);
      events.add("ended " + named + " " + outcome());
      firstEnd.complete(null);
    }
  }

  @Override
  public Span begin(@Nullable Span parent, @Nullable String site, @Nullable Object named) {
    var told = new Told(parent, site);
    spans.add(told);
    return told;
  }

  @Override
  public void reported(String kind, String context, String message, @Nullable Throwable error) {
    events.add("report " + kind);
  }

  @Override
  public void close() {
    Tracer.replace(null);
  }
}
