package dev.withal;

import dev.withal.internal.Site;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Any number of contexts, entered as the program goes, and exited together, the last one first. The
 * counterpart of contextlib's {@code AsyncExitStack}.
 *
 * <p>It is best had from a manager, so that it knows how the body ended: {@code
 * AsyncExitStack.manager().use(stack -> …)} or {@code useAsync}. In a try-with-resources statement,
 * which can't tell it, it takes the body for failed unless {@link #succeeded()} was called.
 *
 * <p>A stack is open until its exit begins; what comes to it after its exit has begun is exited at
 * once, and the call fails with an {@link IllegalStateException}. A stack is not reusable. Every
 * exit runs, also after others have failed; each sees the case as those before it left it.
 * Thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * {@snippet class="dev.withal.guide.ManyTest" region="stack"}
 */
public final class AsyncExitStack implements AsyncContext<AsyncExitStack>, AutoCloseable {

  /*
   * Design: a linked stack of places with one atomic head. An open stack's head is its latest place,
   * or null; a closing one's is CLOSED for good. Whoever swaps CLOSED in owns the places it got back,
   * so they are exited once; popAll takes all places in one swap (L12), and the owner that they share
   * with them. An asynchronous enter takes its place when it is called, so the order of exits is that
   * of the calls, whatever completes first.
   */

  private static final String NAME = "exit stack";

  /** Hands out an empty stack each time. */
  private record Manager(String name) implements Configured.Named<AsyncExitStack> {
    @Override
    public CompletionStage<AsyncContext<AsyncExitStack>> enterAsync() {
      return new Completed<>(new AsyncExitStack(name));
    }

    @Override
    public AsyncContextManager<AsyncExitStack> withName(String other) {
      return new Manager(other);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private final String name;
  private final AtomicReference<@Nullable Place> head = new AtomicReference<>();
  private final StackEnd end = new StackEnd(this);
  private final CompletableFuture<?> lost = new CompletableFuture<>();
  private volatile boolean succeeded;

  /** Why the body is asked to end that this stack is for; null if it is not. */
  private volatile @Nullable Throwable asked;

  private AsyncExitStack(String name) {
    this.name = name;
  }

  /** {@return a new, empty stack, which the caller exits or closes} */
  public static AsyncExitStack open() {
    return new AsyncExitStack(NAME);
  }

  /** {@return a manager that hands out an empty stack and exits what was put on it} */
  public static AsyncContextManager<AsyncExitStack> manager() {
    return new Manager(NAME);
  }

  @Override
  public AsyncExitStack value() {
    return this;
  }

  /** {@return a stage that completes exceptionally if a context on this stack loses its value} */
  @Override
  public CompletionStage<?> lost() {
    return lost;
  }

  /**
   * Enters a context on the calling thread; the stack owes its exit.
   *
   * <p>A synchronous manager is entered on the calling thread, and exited on the one that closes
   * the stack in direct style: a lock is held by who entered it. If the stack is exited in stage
   * style, its exit runs where {@link ContextManager#async()} says. A generator, and a manager with
   * a timeout of enter or exit, has a thread of its own for both.
   *
   * @param manager what to enter
   * @param <T> the type of the value
   * @return the context's value
   * @throws InterruptedException if the calling thread is interrupted while it waits
   * @throws IllegalStateException if the stack is closed; what was entered is exited by then, and
   *     may replace this error by another
   */
  public <T extends @Nullable Object> T enter(AsyncContextManager<T> manager)
      throws InterruptedException {
    Objects.requireNonNull(manager, "manager");
    EventLoops.refuse("enter", "enterAsync");
    if (head.get() == Place.CLOSED) {
      throw closed();
    }
    AsyncContext<? extends T> context = Direct.enter(manager, Configured.settingsToEnter(manager));
    if (!put(manager, context)) {
      IllegalStateException late = closed();
      throw Failures.<RuntimeException>sneaky(
          Objects.requireNonNullElse(
              Direct.exit(context, manager, ExitCase.of(late), context).error(), late));
    }
    return context.value();
  }

  /**
   * Enters a context without blocking; the stack owes its exit. Its place in the order of exits is
   * the one of this call.
   *
   * <p>If the body is asked to end that the stack was made for, an enter that is pending is asked
   * as well, and the future fails with the reason; so it does, without an enter, if that comes
   * later.
   *
   * @param manager what to enter
   * @param <T> the type of the value
   * @return a future of the context's value; fails with an {@link IllegalStateException} if the
   *     stack is closed before the enter is done, and what was entered is exited
   */
  public <T extends @Nullable Object> CompletableFuture<T> enterAsync(
      AsyncContextManager<T> manager) {
    Objects.requireNonNull(manager, "manager");
    Throwable why = asked;
    Place place = why == null ? add(manager, null) : null;
    if (place == null) {
      return CompletableFuture.failedFuture(why == null ? closed() : why);
    }
    CompletableFuture<T> value = place.enter(manager);
    // Guard against race with a request, which did not find the enter yet.
    why = asked;
    if (why != null) {
      place.asked(why);
    }
    return value;
  }

  /** The body is asked to end: what still enters is too, and nothing more is entered for it. */
  void asked(Throwable reason) {
    asked = reason;
    for (Place at = head.get(); at != null; at = at.below) {
      at.asked(reason);
    }
  }

  /**
   * Puts an exit on the stack that is told how the body ended, and may suppress or replace its
   * error.
   *
   * @param exit begins the exit
   * @throws IllegalStateException if the stack is closed; the exit has begun by then
   */
  public void push(Function<? super ExitCase, ? extends CompletionStage<Verdict>> exit) {
    Objects.requireNonNull(exit, "exit");
    Site.note(exit);
    addOrExit(new FunctionContext<>(exit, this, (_, how) -> exit.apply(how)));
  }

  /**
   * Puts an action on the stack that runs however the body ended.
   *
   * @param action begins the action
   * @throws IllegalStateException if the stack is closed; the action has begun by then
   */
  public void defer(Supplier<? extends CompletionStage<?>> action) {
    Objects.requireNonNull(action, "action");
    Site.note(action);
    addOrExit(new ClosingContext<>(action, action, Supplier::get));
  }

  /**
   * Takes over something that is open already: the stack owes its release.
   *
   * @param value what is open
   * @param release begins to release it
   * @param <T> the type of the value
   * @return the value
   * @throws IllegalStateException if the stack is closed; the release has begun by then
   */
  public <T extends @Nullable Object> T adopt(
      T value, Function<? super T, ? extends CompletionStage<?>> release) {
    Objects.requireNonNull(release, "release");
    Site.note(release);
    addOrExit(new ClosingContext<>(release, value, release));
    return value;
  }

  /**
   * Moves everything to a new stack in one step, and leaves this one open and empty.
   *
   * @return the new stack, which the caller exits or closes
   * @throws IllegalStateException if this stack is closed; nothing has moved then
   */
  public AsyncExitStack popAll() {
    while (true) {
      Place top = head.get();
      if (top == Place.CLOSED) {
        throw closed();
      }
      if (head.compareAndSet(top, null)) {
        var heir = new AsyncExitStack(name);
        heir.head.set(top);
        if (top != null) {
          top.owner.become(heir.lost);
        }
        return heir;
      }
    }
  }

  /** Tells the stack that the work it stands for succeeded: {@link #close()} counts it so then. */
  public void succeeded() {
    succeeded = true;
  }

  /**
   * Exits everything without blocking, the last entered first. Called again, it runs nothing: it
   * answers when the first call does, and fails if the exits failed. Called by one of these exits,
   * it answers at once, as there is no end that the exit could wait for.
   */
  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    Objects.requireNonNull(how, "how");
    return end.verdict(beginEnd(), how, SharedErrors.hander(this));
  }

  /** Exits everything without blocking. {@return a stage of the case as the exits leave it} */
  CompletionStage<ExitCase> exitCase(ExitCase how, Object by) {
    return end.exitCase(beginEnd(), how, by);
  }

  /**
   * Closes the stack without blocking: exits everything, as after a success if {@link #succeeded()}
   * was called, else as after a failure.
   *
   * @return a future that completes when all exits are done, with their error if there is one; for
   *     a call by one of these exits, at once; if it was completed before that, say by {@code
   *     orTimeout}, and nobody else waits for the exits, their error is {@linkplain Report
   *     reported}
   */
  public CompletableFuture<Void> closeAsync() {
    return end.future(beginEnd(), ending());
  }

  /**
   * Closes the stack on the calling thread, as {@link #closeAsync()} does; throws the error of the
   * exits, if there is one, as it is.
   */
  @Override
  public void close() {
    EventLoops.refuse("close", "closeAsync");
    Throwable error = end.errorHere(beginEnd(), ending());
    if (error != null) {
      SharedErrors.pass(error, this, Thread.currentThread());
      throw Failures.<RuntimeException>sneaky(error);
    }
  }

  /** Exits everything on the calling thread. {@return the case as the exits leave it} */
  ExitCase exitHere(ExitCase how, Object by) {
    return end.exitCaseHere(beginEnd(), how, by);
  }

  /** {@return what is to be exited; {@link Place#CLOSED} for all but the first who ask} */
  private @Nullable Place beginEnd() {
    return head.getAndSet(Place.CLOSED);
  }

  private ExitCase ending() {
    return succeeded ? ExitCase.succeeded() : ExitCase.of(new NotSaid());
  }

  private boolean put(@Nullable AsyncContextManager<?> manager, AsyncContext<?> context) {
    Place place = add(manager, context);
    if (place != null) {
      Stages.onLoss(context, place.owner.over, place.owner::lost);
    }
    return place != null;
  }

  /** {@return the new top; null if the stack is closed} */
  private @Nullable Place add(
      @Nullable AsyncContextManager<?> manager, @Nullable AsyncContext<?> context) {
    while (true) {
      Place top = head.get();
      if (top == Place.CLOSED) {
        return null;
      }
      var place = new Place(manager, context, top, top == null ? new Place.Owner(lost) : top.owner);
      if (head.compareAndSet(top, place)) {
        return place;
      }
    }
  }

  private void addOrExit(AsyncContext<?> plain) {
    AsyncContext<?> context = HeldContext.entered(plain, plain);
    if (!put(null, context)) {
      IllegalStateException late = closed();
      Late.exit(plain, context, null, ExitCase.cancelled(late));
      throw late;
    }
  }

  private static IllegalStateException closed() {
    return new IllegalStateException(
        "this exit stack is closed: a stack is used once, so open a new one");
  }

  /** {@return what reports call this stack: the name of its manager} */
  @Override
  public String toString() {
    return name;
  }
}
