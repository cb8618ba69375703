package dev.withal.context;

import dev.withal.CallerState;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.jspecify.annotations.Nullable;

/**
 * The values of the thread-local accessors that are registered with Micrometer's {@link
 * ContextRegistry}. It is in effect as soon as this module is on the class path or the module path.
 *
 * <p>A use captures the values when it begins. Each of its steps sees these, and no others: a key
 * that the caller didn't have is absent, even if the thread had a value for it. Changes made by a
 * step are undone after it.
 */
public final class PropagatedState implements CallerState {
  private static final ContextSnapshotFactory SNAPSHOTS =
      ContextSnapshotFactory.builder()
          .contextRegistry(ContextRegistry.getInstance())
          .clearMissing(true)
          .build();

  /** Creates an instance; called by the service loader. */
  public PropagatedState() {}

  /** {@return the accessors' values on the calling thread; null if there are no accessors} */
  @Override
  public @Nullable Snapshot capture() {
    if (ContextRegistry.getInstance().getThreadLocalAccessors().isEmpty()) {
      return null;
    }
    ContextSnapshot snapshot = SNAPSHOTS.captureAll();
    return () -> {
      ContextSnapshot.Scope scope = snapshot.setThreadLocals();
      return scope::close;
    };
  }
}
