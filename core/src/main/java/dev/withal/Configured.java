package dev.withal;

import dev.withal.internal.Named;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A manager with {@link Settings} of its own. */
final class Configured<T extends @Nullable Object>
    implements AsyncContextManager<T>, Direct.UsesHere<T> {

  /** A manager made of others, which get its settings where they have none of their own. */
  interface Composed<T extends @Nullable Object> extends AsyncContextManager<T> {
    /** {@return the same manager, with settings for its parts} */
    AsyncContextManager<T> withParts(Settings ofParts);

    /** {@return whether it has one part alone, which is called as it is itself} */
    default boolean hasOnePart() {
      return false;
    }
  }

  private final AsyncContextManager<T> plain;
  private final Settings settings;

  /** The plain manager, as the settings want its parts and its exit. */
  private final AsyncContextManager<T> source;

  /** The same for direct style, in which no step is the executor's. */
  private final AsyncContextManager<T> here;

  @SuppressWarnings("unchecked") // under another name it is of the same type
  private Configured(AsyncContextManager<T> plain, Settings settings) {
    this.plain = plain;
    this.settings = settings;
    String name = settings.name();
    AsyncContextManager<T> named =
        plain instanceof Named<?> leaf && name != null
            ? (AsyncContextManager<T>) leaf.withName(name)
            : plain;
    source = source(named, settings);
    here =
        settings.executor() == null || !(named instanceof Composed<T>)
            ? source
            : source(named, settings.withExecutor(null));
  }

  private AsyncContextManager<T> source(AsyncContextManager<T> named, Settings wanted) {
    AsyncContextManager<T> whole =
        named instanceof Composed<T> composed
            ? composed.withParts(composed.hasOnePart() ? wanted.ofWrapper() : wanted.ofParts())
            : named;
    Settings.ExitTimeout bound = wanted.exitTimeout();
    return bound == null ? whole : new TimedExit<>(whole, wanted.named(plain), bound);
  }

  /** {@return the manager with these settings in place of its own} */
  static <T extends @Nullable Object> AsyncContextManager<T> of(
      AsyncContextManager<T> manager, Settings settings) {
    AsyncContextManager<T> plain =
        manager instanceof Configured<T> configured ? configured.plain : manager;
    if (!(plain instanceof Blocking<T> blocking)) {
      return new Configured<>(plain, settings);
    }
    if (!blocking.isPatient()) {
      return new Configured<>(plain, settings.inside(blocking.settings()));
    }
    // A bound would take it to a thread of its own; so that on its enter becomes the call's, and
    // its exit, which doesn't wait, needs none.
    Duration limit = settings.enterTimeout();
    return new Configured<>(
        blocking.within(limit, settings.name()),
        settings.withEnterTimeout(null).withExitTimeout(null));
  }

  /** {@return the manager with these settings, or, if it has its own, with those inside these} */
  static <T extends @Nullable Object> AsyncContextManager<T> orOwn(
      AsyncContextManager<T> manager, Settings settings) {
    if (manager instanceof Configured<T> configured) {
      Settings own = configured.settings.inside(settings);
      return own == configured.settings ? manager : of(manager, own);
    }
    return settings.equals(Settings.DEFAULT) ? manager : of(manager, settings);
  }

  /** {@return the settings of a manager} */
  static Settings settings(AsyncContextManager<?> manager) {
    return switch (manager) {
      case Configured<?> configured -> configured.settings;
      case Blocking<?> blocking -> blocking.settings();
      case Carried.Manager<?> carrying -> settings(carrying.source());
      default -> Settings.DEFAULT;
    };
  }

  /**
   * {@return the settings that are left for who calls the manager's enterAsync, which has a bound}
   */
  static Settings settingsToEnter(AsyncContextManager<?> manager) {
    return settings(manager).withEnterTimeout(null);
  }

  @Override
  public CompletionStage<? extends AsyncContext<? extends T>> enterAsync() {
    return settings.enterTimeout() == null && settings.executor() == null
        ? source.enterAsync()
        : OpenUse.enter(this);
  }

  /**
   * {@return how the manager is entered on the calling thread} Null if a bound wants a thread of
   * its own for what blocks.
   */
  Here.@Nullable Enters<T> entersHere() {
    return settings.enterTimeout() == null && settings.exitTimeout() == null
        ? () -> Direct.enter(here, settings)
        : null;
  }

  @Override
  public <R extends @Nullable Object, X extends Exception> R useHere(
      Body<? super T, ? extends R, X> body, Settings outer) throws X, InterruptedException {
    return Direct.use(here, body, settings.inside(outer));
  }

  @Override
  public <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody.Cancellable<? super T, ? extends R> body) {
    return AtOnce.start(source, body, settings);
  }

  @Override
  public String toString() {
    return settings.nameOf(plain);
  }
}
