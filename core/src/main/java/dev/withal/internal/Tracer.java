package dev.withal.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A listener that is told more than the record holds; one per process. It must not throw.
 *
 * <p>Design: whether there is one is a field that is read without a barrier, and all that a use
 * pays while there is none. Those who begin meanwhile may see that a moment late.
 */
public interface Tracer {

  /**
   * Something begins to be entered, on the calling thread.
   *
   * @param parent inside of what; {@link Span#UNKNOWN} if nobody can tell, null if of nothing
   * @param site where; null if that isn't known
   * @param named what knows its name; null for a part of an enter, and a context that is put on a
   *     stack, which are no uses of their own
   * @return what the tracer knows of it from here on
   */
  Span begin(@Nullable Span parent, @Nullable String site, @Nullable Object named);

  /**
   * Something was reported.
   *
   * @param kind its kind, as an enum constant's name
   * @param context what it is about
   * @param message what happened
   * @param error the error; null if there is none
   */
  void reported(String kind, String context, String message, @Nullable Throwable error);

  /** {@return whether somebody traces} */
  static boolean isOn() {
    return current() != null;
  }

  /** {@return who traces; null if nobody does} */
  static @Nullable Tracer current() {
    return (Tracer) Current.TRACER.getOpaque();
  }

  /**
   * Lets another one trace, and records contexts while there is one.
   *
   * @param next who traces from here on; null for nobody
   */
  static void replace(@Nullable Tracer next) {
    Current.replace(next);
  }

  /** {@return the time, in milliseconds since some moment, as the tracer told it last} */
  static long tick() {
    return (long) Current.TICK.getOpaque();
  }

  /**
   * Tells the time.
   *
   * @param millis milliseconds since some moment
   */
  static void tick(long millis) {
    Current.TICK.setOpaque(millis);
  }

  /** Holds the one who traces, and the time. */
  final class Current {
    private static final VarHandle TRACER = handle("tracer", Tracer.class);
    private static final VarHandle TICK = handle("tick", long.class);

    // Written and read by their handles.
    @SuppressWarnings({"unused", "UnusedVariable"})
    private static @Nullable Tracer tracer;

    @SuppressWarnings({"unused", "UnusedVariable"})
    private static long tick;

    static {
      // The last thing here: whoever is found comes back.
      Starter.startIfWanted();
    }

    private Current() {}

    private static synchronized void replace(@Nullable Tracer next) {
      boolean before = isOn();
      if (next != null && !before) {
        Held.begin();
      }
      TRACER.setVolatile(next);
      if (next == null && before) {
        Held.end();
      }
    }

    private static VarHandle handle(String field, Class<?> type) {
      try {
        return MethodHandles.lookup().findStaticVarHandle(Current.class, field, type);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }
}
