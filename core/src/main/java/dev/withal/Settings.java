package dev.withal;

import dev.withal.internal.Trampoline;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a manager is told beside how to enter.
 *
 * @param name what messages call it; null for its own {@code toString}
 * @param ownGrace how long a caller who asked for an end waits for an enter or a body; null if
 *     nobody said so
 * @param executor where stage style continues; null for the completing thread
 * @param enterTimeout how long an enter may take; null if nothing bounds it
 * @param exitTimeout how long an exit may take; null if nothing bounds it
 * @param dropped how a body's result is released that nobody receives; null if nobody has said
 */
record Settings(
    @Nullable String name,
    @Nullable Duration ownGrace,
    @Nullable Executor executor,
    @Nullable Duration enterTimeout,
    @Nullable ExitTimeout exitTimeout,
    Dropped.@Nullable Way dropped) {

  /** A bound on an exit, and how it is forced past that; null if it can't be. */
  record ExitTimeout(
      Duration limit,
      @Nullable Function<@Nullable Object, ? extends CompletionStage<?>> forceClose) {}

  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(1);
  static final Settings DEFAULT = new Settings(null, null, null, null, null, null);

  /** {@return how long a caller who asked for an end waits for an enter or a body} */
  Duration grace() {
    return ownGrace == null ? DEFAULT_GRACE : ownGrace;
  }

  /** Whether a caller has the answer when the bound on the enter is over, and waits no longer. */
  boolean answersAtTheBound() {
    return enterTimeout != null && ownGrace == null;
  }

  Settings withName(String other) {
    return new Settings(other, ownGrace, executor, enterTimeout, exitTimeout, dropped);
  }

  Settings withGrace(Duration other) {
    return new Settings(name, other, executor, enterTimeout, exitTimeout, dropped);
  }

  Settings withExecutor(@Nullable Executor other) {
    return new Settings(name, ownGrace, other, enterTimeout, exitTimeout, dropped);
  }

  Settings withEnterTimeout(@Nullable Duration other) {
    return new Settings(name, ownGrace, executor, other, exitTimeout, dropped);
  }

  Settings withExitTimeout(@Nullable ExitTimeout other) {
    return new Settings(name, ownGrace, executor, enterTimeout, other, dropped);
  }

  Settings withDropped(Dropped.@Nullable Way ways) {
    return new Settings(name, ownGrace, executor, enterTimeout, exitTimeout, ways);
  }

  /**
   * {@return these settings for a part of an outer manager, whose settings apply where the part has
   * none} A bound on an enter past which nobody waits stays one.
   */
  Settings inside(Settings outer) {
    Duration grace = ownGrace == null && enterTimeout == null ? outer.ownGrace : ownGrace;
    Executor runs = executor == null ? outer.executor : executor;
    Dropped.Way others = outer.dropped;
    Dropped.Way ways =
        others == null || others == dropped
            ? dropped
            : dropped == null ? others : dropped.and(others);
    return grace == ownGrace && runs == executor && ways == dropped
        ? this
        : new Settings(name, grace, runs, enterTimeout, exitTimeout, ways);
  }

  /** {@return those of these settings that the parts of a composed manager share} */
  Settings ofParts() {
    return new Settings(null, ownGrace, executor, null, null, dropped);
  }

  /** {@return those of these settings that hold for what is wrapped around the manager as well} */
  Settings ofWrapper() {
    return new Settings(name, ownGrace, executor, null, null, dropped);
  }

  /** Runs a step: on the executor that was asked for, else here; at any depth. */
  void proceed(Runnable step) {
    // It may be put aside, and run when this thread has left the exits that it is part of.
    Runnable continued = InExit.continuing(step);
    if (executor == null) {
      Trampoline.run(continued);
      return;
    }
    // An executor that takes no more must not lose an exit (L15): then it goes on here.
    Once.run(executor, () -> Trampoline.run(continued));
  }

  /** {@return what reports call the manager: its name, or else itself, which is asked then} */
  Object named(Object manager) {
    return name == null ? manager : name;
  }

  /** {@return what messages call the manager} */
  String nameOf(Object manager) {
    return Report.nameOf(named(manager));
  }
}
