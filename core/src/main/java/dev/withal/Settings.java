package dev.withal;

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
 */
record Settings(
    @Nullable String name,
    @Nullable Duration ownGrace,
    @Nullable Executor executor,
    @Nullable Duration enterTimeout,
    @Nullable ExitTimeout exitTimeout) {

  /** A bound on an exit, and how it is forced past that; null if it can't be. */
  record ExitTimeout(
      Duration limit,
      @Nullable Function<@Nullable Object, ? extends CompletionStage<?>> forceClose) {}

  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(1);
  static final Settings DEFAULT = new Settings(null, null, null, null, null);

  /** {@return how long a caller who asked for an end waits for an enter or a body} */
  Duration grace() {
    return ownGrace == null ? DEFAULT_GRACE : ownGrace;
  }

  /** Whether a caller has the answer when the bound on the enter is over, and waits no longer. */
  boolean answersAtTheBound() {
    return enterTimeout != null && ownGrace == null;
  }

  Settings withName(String other) {
    return new Settings(other, ownGrace, executor, enterTimeout, exitTimeout);
  }

  Settings withGrace(Duration other) {
    return new Settings(name, other, executor, enterTimeout, exitTimeout);
  }

  Settings withExecutor(Executor other) {
    return new Settings(name, ownGrace, other, enterTimeout, exitTimeout);
  }

  Settings withEnterTimeout(@Nullable Duration other) {
    return new Settings(name, ownGrace, executor, other, exitTimeout);
  }

  Settings withExitTimeout(ExitTimeout other) {
    return new Settings(name, ownGrace, executor, enterTimeout, other);
  }

  /** {@return those of these settings that the parts of a composed manager share} */
  Settings ofParts() {
    return new Settings(null, ownGrace, executor, null, null);
  }

  /** {@return those of these settings that hold for what is wrapped around the manager as well} */
  Settings ofWrapper() {
    return new Settings(name, ownGrace, executor, null, null);
  }

  /** {@return what reports call the manager: its name, or else itself, which is asked then} */
  Object named(AsyncContextManager<?> manager) {
    return name == null ? manager : name;
  }

  /** {@return what messages call the manager} */
  String nameOf(AsyncContextManager<?> manager) {
    return Report.nameOf(named(manager));
  }
}
