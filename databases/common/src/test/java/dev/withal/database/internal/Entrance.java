package dev.withal.database.internal;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.database.internal.Places.Limits;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The way to a place of a pool.
 *
 * @param places the pool's
 * @param name who takes the place
 * @param thread what waits for it, in direct style; null in stage style
 */
record Entrance(Places places, String name, Thread thread) implements AsyncContextManager<Place> {
  static final Duration LIMIT = Duration.ofSeconds(30);

  /** What a module of databases would throw. */
  static final class Exhausted extends Exception {
    private static final long serialVersionUID = 1;

    Exhausted(String message) {
      super(message);
    }
  }

  static Places places(int size) {
    return places(size, 10);
  }

  static Places places(int size, int maxWaiting) {
    return new Places("the pool", new Limits(size, maxWaiting, LIMIT), Exhausted::new);
  }

  static Entrance ofThisThread(Places places, String name) {
    return new Entrance(places, name, Thread.currentThread());
  }

  @Override
  public CompletionStage<? extends AsyncContext<Place>> enterAsync() {
    return places.enterAsync(name, thread);
  }
}
