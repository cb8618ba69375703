package dev.withal.insight;

import dev.withal.internal.Span;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What Insight keeps of a use of which somebody else hears as well. */
final class HeardSpan extends UseSpan {
  private final UseListener listener;
  private final AtomicBoolean over = new AtomicBoolean();

  HeardSpan(@Nullable Span parent, @Nullable String site, UseListener listener) {
    super(parent, site);
    this.listener = listener;
  }

  @Override
  public @Nullable Runnable open() {
    return listener.open();
  }

  @Override
  public void entered() {
    super.entered();
    listener.entered();
  }

  @Override
  public void exiting(Outcome how, @Nullable Throwable reason) {
    super.exiting(how, reason);
    listener.exiting();
  }

  @Override
  public void ended(Object named, @Nullable Throwable left) {
    super.ended(named, left);
    // Guard against race with a look for leaks, as a run may still exit what leaked.
    if (over.compareAndSet(false, true)) {
      listener.ended(this, named);
    }
  }

  @Override
  public void forgotten() {
    lost("unknown");
  }

  @Override
  void leak() {
    super.leak();
    lost("leaked");
  }

  private void lost(String how) {
    if (over.compareAndSet(false, true)) {
      listener.lost(how);
    }
  }
}
