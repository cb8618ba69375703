package dev.withal;

import dev.withal.internal.HearsOfBody;
import dev.withal.internal.Time;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Blocking code that enters and exits, on a virtual thread of its own; this future is its enter.
 *
 * <p>Design. The thread runs the section up to its hand-over, gives a context out and waits; the
 * exit tells it how the body ended, and it runs the rest. Asked to end while it still enters, it is
 * interrupted, so that the section itself gives back what it has. The lock guards against race with
 * the hand-over: an interruption meant for the enter must not hit what follows. One that comes
 * while it waits, or that the section brought along, is for the body: the context's value is lost
 * then.
 */
final class Coroutine<T extends @Nullable Object> extends ThreadWork<AsyncContext<T>> {

  /** The code before the hand-over enters, and the code after it exits. */
  @FunctionalInterface
  interface Section<T extends @Nullable Object> {
    /**
     * Runs both.
     *
     * @param handOver gives out the value, and returns how the body ended; to be called once
     * @return the case as the exit leaves it
     */
    ExitCase run(HandOver<T> handOver) throws Throwable;
  }

  /** Gives out the value of a section. */
  @FunctionalInterface
  interface HandOver<T extends @Nullable Object> {
    /**
     * Waits for the body. {@return how it ended}
     *
     * @param value gives the value; what it throws, the body fails with (L1)
     * @param lost fails if the value is no longer good; null if that never happens
     */
    ExitCase to(Supplier<? extends T> value, @Nullable CompletionStage<?> lost);
  }

  private final AsyncContextManager<T> manager;
  private final Section<T> section;
  private final End<ExitCase> exit = new End<>();

  /** On whose behalf errors are added to: this enter's, and then the exit's. */
  private volatile Object exitBy = this;

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private @Nullable Thread entering;
  private boolean asked;

  private Coroutine(AsyncContextManager<T> manager, Section<T> section) {
    this.manager = manager;
    this.section = section;
  }

  static <T extends @Nullable Object> Coroutine<T> start(
      AsyncContextManager<T> manager, Section<T> section) {
    var coroutine = new Coroutine<>(manager, section);
    Time.current().start("withal-coroutine", Carried.along(coroutine::run));
    return coroutine;
  }

  private void run() {
    begin();
    beginEnter();
    try {
      ExitCase after = section.run(this::handOver);
      SharedErrors.pass(after.error(), Thread.currentThread(), exitBy);
      // An interruption of the section isn't meant for what continues from here on this thread.
      Thread.interrupted();
      exit.finish(after);
    } catch (Throwable failure) {
      endEnter();
      Thread.interrupted();
      Throwable error = Failures.unwrap(failure, exitBy);
      SharedErrors.pass(error, Thread.currentThread(), exitBy);
      // The one of the two that is done already takes no notice.
      fail(error);
      exit.fail(error);
    }
  }

  private ExitCase handOver(Supplier<? extends T> value, @Nullable CompletionStage<?> lost) {
    var context = new Waiting(value);
    endEnter();
    if (lost != null) {
      Stages.onLoss(context, lost, context.bodyEnd, context.lost::completeExceptionally);
    }
    finish(context);
    // The exit in which this was entered may end long before the body, and is let go of.
    InExit.goOn(null);
    try {
      Await.end(context.bodyEnd);
    } catch (InterruptedException interruption) {
      // Whatever the section has put around the hand-over asks the body to end, which runs
      // elsewhere.
      context.lost.completeExceptionally(interruption);
      Await.shielded(context.bodyEnd);
    }
    InExit.goOn(context.closing);
    exit.begin();
    ExitCase how = context.bodyEnd.join();
    SharedErrors.pass(how.error(), exitBy, Thread.currentThread());
    return how;
  }

  // ---- requests --------------------------------------------------------------------------------

  @Override
  boolean accepts(Request request) {
    lock.lock();
    try {
      boolean first = !asked && !isDone();
      asked = true;
      if (first && entering != null) {
        Time.current().interrupt(entering);
      }
      return first;
    } finally {
      lock.unlock();
    }
  }

  @Override
  @Nullable RequestFuture<?> onAccepted(Request request) {
    return null;
  }

  private void beginEnter() {
    lock.lock();
    try {
      entering = Thread.currentThread();
      if (asked) {
        entering.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private void endEnter() {
    lock.lock();
    try {
      entering = null;
      if (asked) {
        Thread.interrupted();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The context, whose section waits for the exit. */
  private final class Waiting implements AsyncContext<T>, Stages.TellsCase, HearsOfBody {
    /** Null once the exit was abandoned: the section's thread may wait for ever, and keeps this. */
    private volatile @Nullable T value;

    /** What {@code value()} throws; null if there is a value. */
    private final @Nullable Throwable noValue;

    private final CompletableFuture<ExitCase> bodyEnd = new CompletableFuture<>();
    private final CompletableFuture<?> lost = new CompletableFuture<>();
    private final AtomicBoolean exited = new AtomicBoolean();

    /** The stacks of which the exit is a part; written before the body's end is told. */
    private @Nullable InExit closing;

    Waiting(Supplier<? extends T> value) {
      Throwable thrown = null;
      try {
        this.value = value.get();
      } catch (Throwable error) {
        thrown = error;
      }
      this.noValue = thrown;
    }

    @Override
    @SuppressWarnings("NullAway") // null only where the value may be, or nobody asks any more
    public T value() {
      if (noValue != null) {
        throw Failures.<RuntimeException>sneaky(noValue);
      }
      return value;
    }

    @Override
    public CompletionStage<?> lost() {
      return lost;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Stages.verdict(this, how);
    }

    @Override
    public CompletionStage<ExitCase> exitCase(ExitCase how, Object by) {
      if (!exited.compareAndSet(false, true)) {
        throw new IllegalStateException("this context was exited already: exit it once");
      }
      exitBy = by;
      exit.exitsFor(by);
      closing = InExit.current();
      bodyEnd.complete(how);
      return exit;
    }

    @Override
    public void asked(Throwable reason) {
      BodyNews.askedOfValue(this, reason);
    }

    @Override
    public void letGo() {
      value = null;
    }

    /** Without the value: what reports print may not hold secrets. */
    @Override
    public String toString() {
      return Report.nameOf(manager);
    }
  }
}
