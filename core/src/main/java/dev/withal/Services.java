package dev.withal;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What others provide as a service. One that can't be made must not hurt those who use contexts
 * (L15).
 *
 * <p>Design: whoever comes by first reports the errors, but not before the class that keeps this is
 * initialized: a listener may come by as well.
 */
final class Services<S> {
  /** So often in a row may one fail to load: some class loaders fail for ever. */
  private static final int FAILURES = 10;

  private final List<S> found;
  private final @Nullable Queue<Throwable> failed;

  private Services(List<S> found, Queue<Throwable> failed) {
    this.found = List.copyOf(found);
    this.failed = failed.isEmpty() ? null : failed;
  }

  /**
   * {@return what there is of a service}
   *
   * @param loader a loader for it, made by a class of this module
   */
  static <S> Services<S> of(Loader<S> loader) {
    var found = new ArrayList<S>();
    var failed = new ConcurrentLinkedQueue<Throwable>();
    Iterator<S> services = null;
    for (int inARow = 0; inARow < FAILURES; ) {
      try {
        services = services == null ? loader.load().iterator() : services;
        if (!services.hasNext()) {
          break;
        }
        found.add(services.next());
        inARow = 0;
      } catch (Throwable broken) {
        failed.add(broken);
        inARow++;
      }
    }
    return new Services<>(found, failed);
  }

  /** Makes a loader, which may fail. */
  @FunctionalInterface
  interface Loader<S> {
    ServiceLoader<S> load();
  }

  List<S> found() {
    return found;
  }

  /**
   * Reports what could not be loaded, once.
   *
   * @param service what reports call it
   * @param consequence what that means
   */
  void tellFailures(String service, String consequence) {
    if (failed == null) {
      return;
    }
    for (Throwable next = failed.poll(); next != null; next = failed.poll()) {
      Report.send(Report.Kind.FAILED_CALLBACK, service, consequence, next);
    }
  }
}
