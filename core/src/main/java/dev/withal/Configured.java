package dev.withal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A manager with {@link Settings} of its own. */
final class Configured<T extends @Nullable Object>
    implements AsyncContextManager<T>, Direct.UsesHere<T> {
  private final AsyncContextManager<T> source;
  private final Settings settings;

  private Configured(AsyncContextManager<T> source, Settings settings) {
    this.source = source;
    this.settings = settings;
  }

  /** {@return the source itself, to be configured with what {@link #settings} tells, changed} */
  static <T extends @Nullable Object> AsyncContextManager<T> of(
      AsyncContextManager<T> manager, Settings settings) {
    return new Configured<>(
        manager instanceof Configured<T> configured ? configured.source : manager, settings);
  }

  /** {@return the settings of a manager} */
  static Settings settings(AsyncContextManager<?> manager) {
    return manager instanceof Configured<?> configured ? configured.settings : Settings.DEFAULT;
  }

  @Override
  public CompletionStage<? extends AsyncContext<? extends T>> enterAsync() {
    return settings.enterTimeout() == null && settings.executor() == null
        ? source.enterAsync()
        : OpenUse.enter(this);
  }

  @Override
  public <R extends @Nullable Object, X extends Exception> R useHere(
      Body<? super T, ? extends R, X> body, Settings outer) throws X, InterruptedException {
    return Direct.use(source, body, settings);
  }

  @Override
  public <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody.Cancellable<? super T, ? extends R> body) {
    return Use.start(source, body, settings);
  }

  @Override
  public String toString() {
    return settings.nameOf(source);
  }
}
