package dev.withal.database.internal;

import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One connection's place in a pool, waited for or taken. */
public final class Place implements AsyncContext<Place> {
  private final Places places;
  private final String name;
  private final @Nullable Thread blocked;
  private final CompletableFuture<Place> taken = new CompletableFuture<>();

  /**
   * @param name who takes it, for messages
   * @param blocked the thread that waits for it and then holds it, in direct style; null if no
   *     thread is known to
   */
  Place(Places places, String name, @Nullable Thread blocked) {
    this.places = places;
    this.name = name;
    this.blocked = blocked;
  }

  String name() {
    return name;
  }

  @Nullable Thread blocked() {
    return blocked;
  }

  /** {@return what completes when the place is taken, or fails if it can't be} */
  CompletableFuture<Place> taken() {
    return taken;
  }

  @Override
  public Place value() {
    return this;
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    places.leave(this);
    return Verdict.PROPAGATE.now();
  }
}
