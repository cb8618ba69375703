package dev.withal.stress.lincheck;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks a use to end, in two ways, and knows what its result must be: one request counts (L7). */
final class Requests {
  private final CompletableFuture<String> use;
  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicInteger completed = new AtomicInteger();

  Requests(CompletableFuture<String> use) {
    this.use = use;
  }

  void cancel() {
    if (use.cancel(true)) {
      cancelled.incrementAndGet();
    }
  }

  void complete() {
    if (use.complete("asked")) {
      completed.incrementAndGet();
    }
  }

  boolean isAccepted() {
    return cancelled.get() + completed.get() > 0;
  }

  /** {@return what the use ended with, or the message of its error} */
  String result() {
    return use.handle((value, error) -> error == null ? value : error.getMessage()).join();
  }

  String expectedOr(String unasked) {
    if (cancelled.get() + completed.get() > 1) {
      return "one result, but two requests were accepted";
    }
    return cancelled.get() > 0
        ? "cancelled by its caller"
        : completed.get() > 0 ? "asked" : unasked;
  }
}
