package dev.withal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Tells event-loop threads from others, and refuses to block them (L14).
 *
 * <p>Design: most threads are told by their class alone, once per class. Reactor marks its own, and
 * the testkit has a class of its own; a Netty thread, which may be one of Vert.x, runs an event
 * loop if Netty's own record of the current executor says so, as worker threads have the same
 * class. Names are compared, not classes: none of these libraries need be there.
 */
final class EventLoops {
  private static final String NETTY_THREAD = "io.netty.util.concurrent.FastThreadLocalThread";
  private static final String NETTY_EXECUTORS = "io.netty.util.internal.ThreadExecutorMap";
  private static final String NETTY_EXECUTOR = "io.netty.util.concurrent.EventExecutor";
  private static final String NETTY_EVENT_LOOP = "io.netty.channel.EventLoop";
  private static final String REACTOR_MARK = "reactor.core.scheduler.NonBlocking";
  private static final String TESTKIT_THREAD = "dev.withal.testkit.EventLoopThread";

  private static final Services<EventLoopDetector> DETECTORS =
      Services.of(() -> ServiceLoader.load(EventLoopDetector.class));

  private static final ClassValue<Kind> KINDS =
      new ClassValue<>() {
        @Override
        protected Kind computeValue(Class<?> type) {
          return kind(type);
        }
      };

  private static final ClassValue<Boolean> NETTY_LOOPS =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return hasType(type, NETTY_EVENT_LOOP);
        }
      };

  /** What the class of a thread tells. */
  private record Kind(boolean marked, @Nullable MethodHandle currentExecutor) {
    static final Kind OTHER = new Kind(false, null);
  }

  private EventLoops() {}

  /**
   * Throws if the calling thread runs an event loop.
   *
   * @param blocking the call that would block it
   * @param instead what to call in its place
   */
  static void refuse(String blocking, String instead) {
    if (isCurrent()) {
      throw new IllegalStateException(
          blocking
              + " blocks, and "
              + Thread.currentThread().getName()
              + " is an event-loop thread: call "
              + instead
              + " instead");
    }
  }

  /** {@return whether the calling thread runs an event loop} */
  static boolean isCurrent() {
    DETECTORS.tellFailures(
        "EventLoopDetector",
        "a detector of event loops can't be loaded, so its threads are not guarded");
    Thread thread = Thread.currentThread();
    if (thread.isVirtual()) {
      return false;
    }
    for (EventLoopDetector detector : DETECTORS.found()) {
      if (knows(detector, thread)) {
        return true;
      }
    }
    if (thread.getClass() == Thread.class) {
      return false;
    }
    Kind kind = KINDS.get(thread.getClass());
    return kind.marked || (kind.currentExecutor != null && runsLoop(kind.currentExecutor));
  }

  private static boolean knows(EventLoopDetector detector, Thread thread) {
    try {
      return detector.isEventLoop(thread);
    } catch (Throwable failure) {
      // Asked before every exit: a failing one must not lose it (L15).
      Report.send(
          Report.Kind.FAILED_CALLBACK, detector, "a detector of event loops failed", failure);
      return false;
    }
  }

  private static boolean runsLoop(MethodHandle currentExecutor) {
    try {
      Object executor = (Object) currentExecutor.invokeExact();
      return executor != null && NETTY_LOOPS.get(executor.getClass());
    } catch (Throwable failure) {
      // As a detector that fails (L15).
      Report.send(
          Report.Kind.FAILED_CALLBACK, "Netty", "it did not tell its current executor", failure);
      return false;
    }
  }

  private static Kind kind(Class<?> type) {
    if (hasType(type, REACTOR_MARK) || hasType(type, TESTKIT_THREAD)) {
      return new Kind(true, null);
    }
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      if (at.getName().equals(NETTY_THREAD)) {
        return nettyKind(at.getClassLoader());
      }
    }
    return Kind.OTHER;
  }

  private static Kind nettyKind(@Nullable ClassLoader loader) {
    try {
      Class<?> executors = Class.forName(NETTY_EXECUTORS, true, loader);
      Class<?> executor = Class.forName(NETTY_EXECUTOR, false, loader);
      return new Kind(
          false,
          MethodHandles.publicLookup()
              .findStatic(executors, "currentExecutor", MethodType.methodType(executor))
              .asType(MethodType.methodType(Object.class)));
    } catch (Throwable unknownNetty) {
      // A Netty that keeps no such record: rather refuse a worker thread than block an event loop.
      return new Kind(true, null);
    }
  }

  private static boolean hasType(@Nullable Class<?> type, String name) {
    if (type == null) {
      return false;
    }
    if (type.getName().equals(name) || hasType(type.getSuperclass(), name)) {
      return true;
    }
    for (Class<?> implemented : type.getInterfaces()) {
      if (hasType(implemented, name)) {
        return true;
      }
    }
    return false;
  }
}
