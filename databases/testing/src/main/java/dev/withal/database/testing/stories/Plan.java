package dev.withal.database.testing.stories;

import dev.withal.database.Bounds;
import dev.withal.database.testing.PostgresServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How a pool of a story is set.
 *
 * @param validation whether connections are validated before each use
 * @param port the port of PostgreSQL, for ways to PostgreSQL
 */
public record Plan(
    int size, Duration enterTimeout, Bounds bounds, Validation validation, Hooks hooks, int port) {

  /** When connections are validated. */
  public enum Validation {
    DEFAULT,
    BEFORE_EACH_USE
  }

  /** {@return a pool of so many connections, and the defaults otherwise} */
  public static Plan ofSize(int size) {
    return new Plan(
        size,
        Duration.ofSeconds(30),
        Bounds.DEFAULT,
        Validation.DEFAULT,
        Hooks.NONE,
        PostgresServer.port());
  }

  public Plan within(Duration limit) {
    return new Plan(size, limit, bounds, validation, hooks, port);
  }

  public Plan bounded(Bounds other) {
    return new Plan(size, enterTimeout, other, validation, hooks, port);
  }

  public Plan validated() {
    return new Plan(size, enterTimeout, bounds, Validation.BEFORE_EACH_USE, hooks, port);
  }

  public Plan hooked(Hooks other) {
    return new Plan(size, enterTimeout, bounds, validation, other, port);
  }

  public Plan overPort(int other) {
    return new Plan(size, enterTimeout, bounds, validation, hooks, other);
  }

  /** What the pool calls with its connections. */
  public record Hooks(Hook onOpen, Hook onLend, Hook onReturn) {
    public static final Hooks NONE = new Hooks(Hook.NOTHING, Hook.NOTHING, Hook.NOTHING);

    public Hooks onOpen(Hook other) {
      return new Hooks(other, onLend, onReturn);
    }

    public Hooks onLend(Hook other) {
      return new Hooks(onOpen, other, onReturn);
    }

    public Hooks onReturn(Hook other) {
      return new Hooks(onOpen, onLend, other);
    }
  }

  /** One of them. */
  @FunctionalInterface
  public interface Hook {
    Hook NOTHING = session -> CompletableFuture.completedStage(null);

    CompletionStage<?> call(Session session);
  }
}
