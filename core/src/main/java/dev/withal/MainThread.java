package dev.withal;

import dev.withal.internal.Held;
import dev.withal.internal.Time;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a run's main.
 *
 * <p>Design. If it called {@code System.exit}, it is stuck in there until the shutdown hooks have
 * ended, and its frames never exit what they hold. Then a thread that takes its place does.
 */
record MainThread(Thread thread) {
  /** Why all that is held is to end with the process. */
  static final String TOLD = "the process was told to end";

  boolean holds(HeldContext<?> context) {
    return context.thread() == thread;
  }

  boolean isInSystemExit() {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
  }

  /** {@return what completes when all that this thread itself holds is exited} */
  CompletableFuture<?> exitInItsPlace(Supplier<List<HeldContext<?>>> heldByAll) {
    var exited = new CompletableFuture<@Nullable Void>();
    Time.current()
        .startPlatform(
            "withal-exits",
            () -> {
              for (HeldContext<?> held : heldByAll.get()) {
                if (held.owner() == null && holds(held)) {
                  exit(held);
                }
              }
              reportStuckFrames();
              exited.complete(null);
            });
    return exited;
  }

  /** Exits a context whose exit hasn't begun; what fails in that can only be reported. */
  private void exit(HeldContext<?> held) {
    var reason = new CancellationException(TOLD);
    ExitCase how = ExitCase.cancelled(reason);
    Object named = held.named();
    AsyncContext<?> context = held.context;
    // Guard against race with a stack that was closed before, and comes to this context now.
    if (context == null || !held.beginsExit(how)) {
      awaitExit(held);
      return;
    }
    Throwable error = Direct.exit(context, named, how, held, null).error();
    HeldContext.ended(held, error);
    Late.reportExit(named, reason, error);
  }

  /**
   * Awaits an exit that had begun before, as the contexts around it come next. An exit that called
   * {@code System.exit} itself never ends.
   */
  private void awaitExit(HeldContext<?> held) {
    boolean isStuck = Arrays.stream(thread.getStackTrace()).anyMatch(MainThread::isExit);
    while (!isStuck && held.isRecorded()) {
      CompletableFuture<?> change = Held.change();
      // Guard against race with its end, before the change was asked for.
      if (held.isRecorded()) {
        Await.shielded(change, Held.MISSED);
      }
    }
  }

  private static boolean isExit(StackTraceElement frame) {
    return switch (frame.getMethodName()) {
      case "exitUnread" -> frame.getClassName().equals(Stages.class.getName());
      case "exit" ->
          frame.getClassName().equals(Direct.class.getName())
              || frame.getClassName().equals(Blocking.class.getName());
      default -> false;
    };
  }

  /** Code of a generator or a synchronous manager is in this thread's frames, which never go on. */
  private void reportStuckFrames() {
    boolean inside =
        Arrays.stream(thread.getStackTrace())
            .map(StackTraceElement::getClassName)
            .anyMatch(name ->
                name.startsWith(GeneratorManager.class.getName())
                    || name.equals(Blocking.class.getName()));
    if (inside) {
      Report.send(
          Report.Kind.ABANDONED_EXIT,
          "main",
          "System.exit was called inside a generator or a synchronous manager, whose exit can't run:"
              + " return from main instead",
          where("System.exit was called here"));
    }
  }

  /** Whether an error says more than that main heard that it was told to end. */
  static boolean isNews(Throwable failure) {
    Throwable error = unwrapped(failure);
    return isClosedByInterrupt(error)
        ? !Foreign.suppressed(error).isEmpty()
        : Unwinding.isNews(error);
  }

  /** Whether an error says that main heard that it was told to end. */
  static boolean isEcho(Throwable failure) {
    Throwable error = unwrapped(failure);
    return Unwinding.isEcho(error) || isClosedByInterrupt(error);
  }

  /** {@return the error inside of those that main wrapped it in to throw it, and say no more} */
  private static Throwable unwrapped(Throwable error) {
    Throwable at = error;
    for (int wrappers = 0; wrappers < 10; wrappers++) {
      Throwable cause = Foreign.cause(at);
      if (cause == null
          || !Foreign.suppressed(at).isEmpty()
          || !Foreign.text(cause).equals(Foreign.message(at))) {
        return at;
      }
      at = cause;
    }
    return at;
  }

  /** The JDK says so where a thread is interrupted in a channel or a socket. */
  private static boolean isClosedByInterrupt(Throwable error) {
    return error instanceof ClosedByInterruptException
        || error.getClass() == InterruptedIOException.class
        || (error.getClass() == SocketException.class
            && "Closed by interrupt".equals(Foreign.message(error)));
  }

  /**
   * Adds the caller's frames to an error of main, which has those of this thread alone. So it tells
   * who called, and the JDK's source launcher, which cuts its own frames off, finds them.
   */
  static void showCaller(Throwable error) {
    StackTraceElement[] made = Foreign.trace(error);
    if (made.length == 0 || Arrays.stream(made).anyMatch(MainThread::isCall)) {
      return; // without a trace on purpose, or thrown again
    }
    var caller = Arrays.stream(new Throwable().getStackTrace()).dropWhile(frame -> !isCall(frame));
    Foreign.showTrace(
        error, Stream.concat(Arrays.stream(made), caller).toArray(StackTraceElement[]::new));
  }

  private static boolean isCall(StackTraceElement frame) {
    return frame.getMethodName().equals("call") && frame.getClassName().equals(Run.class.getName());
  }

  /** {@return an error that shows where this thread is} */
  Throwable where(String message) {
    var where = new TimeoutException(message);
    where.setStackTrace(thread.getStackTrace());
    return where;
  }
}
