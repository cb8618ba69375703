package dev.withal.database.internal;

import dev.withal.testkit.Journal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A connection that says when it is closed. */
final class AgingConnection implements Kept {
  private volatile Age age;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final String name;
  private final Journal journal;

  AgingConnection(String name, Journal journal) {
    this(name, journal, new Age());
  }

  AgingConnection(String name, Journal journal, Age age) {
    this.age = age;
    this.name = name;
    this.journal = journal;
  }

  /** Makes it that old. */
  void becomes(Duration old) {
    age = new Age(System.nanoTime() - old.toNanos());
  }

  CompletableFuture<Void> closed() {
    return closed;
  }

  @Override
  public Age age() {
    return age;
  }

  @Override
  public CompletableFuture<Void> closeAside(Duration limit) {
    journal.add("close " + name + " within " + limit);
    closed.complete(null);
    return closed;
  }

  @Override
  public String toString() {
    return name;
  }
}
