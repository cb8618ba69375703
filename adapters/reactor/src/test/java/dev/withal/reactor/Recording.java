package dev.withal.reactor;

import dev.withal.testkit.Journal;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.util.context.Context;

/** A subscriber that notes its signals, and requests nothing by itself. */
final class Recording<T> extends BaseSubscriber<T> {
  private final Journal journal;
  private final Context context;
  private final long first;

  Recording(Journal journal, long first) {
    this(journal, first, Context.empty());
  }

  Recording(Journal journal, long first, Context context) {
    this.journal = journal;
    this.first = first;
    this.context = context;
  }

  @Override
  public Context currentContext() {
    return context;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    if (first > 0) {
      request(first);
    }
  }

  @Override
  protected void hookOnNext(T value) {
    journal.add("next " + value);
  }

  @Override
  protected void hookOnComplete() {
    journal.add("complete");
  }

  @Override
  protected void hookOnError(Throwable error) {
    journal.add("error " + error.getMessage());
  }
}
