package dev.withal;

import dev.withal.internal.Named;
import dev.withal.internal.Site;
import dev.withal.internal.Tracer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Any number of contexts, entered as the program runs, and exited together, the last one first. The
 * counterpart of {@code AsyncExitStack} in contextlib.
 *
 * <p>Take a stack from a manager where you can, so that it knows how the body ended: {@code
 * AsyncExitStack.manager().use(stack -> …)} or {@code useAsync}. A try-with-resources statement
 * can't tell it; there, the body counts as failed unless {@link #succeeded()} was called.
 *
 * <p>A stack is open until its exit begins. Anything added later is exited at once, and the call
 * fails with an {@link IllegalStateException}. A stack isn't reusable. Every exit runs, even if
 * others have failed, and each is told the case as the exits before it left it. Thread-safe. A null
 * argument is refused with a {@link NullPointerException}.
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

  static final String NAME = "exit stack";

  /** An exit on a stack. */
  @FunctionalInterface
  public interface Exit {

    /**
     * Exits; may block.
     *
     * @param how how the body ended, as the exits before this one left it
     * @return the verdict
     * @throws Exception if the exit fails
     */
    Verdict exit(ExitCase how) throws Exception;
  }

  /** Hands out an empty stack each time. */
  private record Manager(String name)
      implements AsyncContextManager<AsyncExitStack>, Named<AsyncContextManager<AsyncExitStack>> {
    @Override
    public CompletionStage<AsyncContext<AsyncExitStack>> enterAsync() {
      return new Completed<>(new AsyncExitStack(name, null));
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

  /**
   * The thread that opened it by hand, or got it from {@link #popAll}, while a run was under way;
   * null if there is none.
   */
  final @Nullable Thread opener;

  /** Why the body is asked to end that this stack is for; null if it is not. */
  private volatile @Nullable Throwable asked;

  AsyncExitStack(String name, @Nullable Thread opener) {
    this.name = name;
    this.opener = opener;
  }

  /**
   * {@return a new, empty stack, which the caller exits or closes} If it is opened by the main part
   * of an {@link Async#run} and is still open when that has ended, the run closes it.
   */
  public static AsyncExitStack open() {
    return new AsyncExitStack(NAME, Shutdown.opener());
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
   * Enters a context on the calling thread; the stack exits it at its end.
   *
   * <p>A synchronous manager is entered on the calling thread, and, in direct style, exited on the
   * thread that closes the stack, so that a lock is released by the thread that holds it. If the
   * stack is exited in stage style, the exit runs as {@link ContextManager#async()} says. A
   * generator, and a synchronous manager with a timeout, runs on a virtual thread of its own; not
   * so those of {@link ContextManager#lock lock} and {@link ContextManager#permit permit}. Errors
   * of the enter are thrown unchanged, even checked ones that are not declared.
   *
   * @param manager the manager to enter
   * @param <T> the type of the value
   * @return the context's value
   * @throws InterruptedException if the calling thread is interrupted while it waits
   * @throws IllegalStateException if the stack is closed: nothing is entered then, or, if it closes
   *     during the enter, the context has been exited, and its exit may replace this error by
   *     another; if the calling thread runs an event loop
   */
  public <T extends @Nullable Object> T enter(AsyncContextManager<T> manager)
      throws InterruptedException {
    Objects.requireNonNull(manager, "manager");
    EventLoops.refuse("enter", "enterAsync");
    if (head.get() == Place.CLOSED) {
      throw closed();
    }
    AsyncContext<? extends T> context =
        Direct.enter(manager, Configured.settingsToEnter(manager), null);
    if (!put(manager, context)) {
      IllegalStateException late = closed();
      throw Failures.<RuntimeException>sneaky(
          Objects.requireNonNullElse(
              Direct.exit(context, manager, ExitCase.of(late), context, null).error(), late));
    }
    return context.value();
  }

  /**
   * Enters a context without blocking; the stack exits it at its end. The order of exits is that of
   * these calls.
   *
   * <p>If the stack's body is asked to end, pending enters are asked as well, and their futures
   * fail with the reason. Later calls fail with it without entering anything.
   *
   * @param manager the manager to enter
   * @param <T> the type of the value
   * @return a future of the context's value; fails with an {@link IllegalStateException} if the
   *     stack is closed before the enter is done, and what was entered is exited
   */
  public <T extends @Nullable Object> CompletableFuture<T> enterAsync(
      AsyncContextManager<T> manager) {
    Objects.requireNonNull(manager, "manager");
    AsyncContextManager<T> carrying = Carried.along(manager);
    Throwable why = asked;
    Place place = why == null ? add(carrying, null) : null;
    if (place == null) {
      return CompletableFuture.failedFuture(why == null ? closed() : why);
    }
    CompletableFuture<T> value = place.enter(carrying);
    // Guard against race with a request, which did not find the enter yet.
    why = asked;
    if (why != null) {
      place.asked(why);
    }
    return value;
  }

  /** The body is asked to end: what still enters is too, and nothing more is entered for it. */
  void asked(Throwable reason) {
    if (reason == asked) {
      return; // a context on this stack hands it out again
    }
    asked = reason;
    for (Place at = head.get(); at != null; at = at.below) {
      at.asked(reason);
    }
  }

  /**
   * Puts an exit on the stack that is told how the body ended, and may suppress or replace its
   * error. It may block: closing the stack in direct style runs it on the closing thread, and an
   * exit in stage style on a virtual thread of its own.
   *
   * @param exit the exit
   * @throws IllegalStateException if the stack is closed; the exit has begun by then
   */
  public void push(Exit exit) {
    Objects.requireNonNull(exit, "exit");
    addPlain(exit, this, (ignored, how) -> exit.exit(how));
  }

  /**
   * Puts an exit on the stack that doesn't block, is told how the body ended, and may suppress or
   * replace its error.
   *
   * @param exit begins the exit
   * @throws IllegalStateException if the stack is closed; the exit has begun by then
   */
  public void pushAsync(Function<? super ExitCase, ? extends CompletionStage<Verdict>> exit) {
    Objects.requireNonNull(exit, "exit");
    Site.note(exit);
    addOrExit(new FunctionContext<>(exit, this, (ignored, how) -> exit.apply(how)));
  }

  /**
   * Puts an action on the stack that runs however the body ended. It may block, and runs where
   * {@link #push} says. A stage that it returns isn't awaited; use {@link #deferAsync} for that.
   *
   * @param action the action
   * @throws IllegalStateException if the stack is closed; the action has begun by then
   */
  public void defer(Work.Action<?> action) {
    Objects.requireNonNull(action, "action");
    addPlain(action, this, (ignored, unused) -> propagating(action));
  }

  /**
   * Puts an action on the stack that doesn't block, and runs however the body ended.
   *
   * @param action begins the action
   * @throws IllegalStateException if the stack is closed; the action has begun by then
   */
  public void deferAsync(Supplier<? extends CompletionStage<?>> action) {
    Objects.requireNonNull(action, "action");
    Site.note(action);
    addOrExit(new ClosingContext<>(action, action, Supplier::get));
  }

  /**
   * Takes over a value that is open already: the stack calls its {@code close()} when it exits.
   * That call may block, and runs on the thread described at {@link #push}.
   *
   * @param value the open value; if null, nothing is owed
   * @param <T> the type of the value
   * @return the value
   * @throws IllegalStateException if the stack is closed; the release has begun by then
   */
  public <T extends @Nullable AutoCloseable> T adopt(T value) {
    if (value != null) {
      AutoCloseable open = value;
      addPlain(open, value, (ignored, unused) -> propagating(open::close));
    }
    return value;
  }

  /**
   * Takes over a value that is open already: the stack releases it when it exits. The release may
   * block, and runs on the thread described at {@link #push}. A stage that the release returns
   * isn't awaited; use {@link #adoptAsync} for that.
   *
   * @param value the open value; may be null, and is then passed to the release, whose {@code
   *     NullPointerException} counts as nothing to release
   * @param release releases it
   * @param <T> the type of the value
   * @return the value
   * @throws IllegalStateException if the stack is closed; the release has begun by then
   */
  public <T extends @Nullable Object> T adopt(T value, Body.Action<? super T, ?> release) {
    Objects.requireNonNull(release, "release");
    addPlain(
        release,
        value,
        (ignored, unused) -> {
          try {
            release.run(value);
          } catch (NullPointerException nothing) {
            if (value != null) {
              throw nothing;
            }
            // Nothing was open, and this function closes something, as ClosingContext has it.
          }
          return Verdict.PROPAGATE;
        });
    return value;
  }

  /**
   * Takes over a value that is open already and is released without blocking: the stack owes its
   * release.
   *
   * @param value the open value; may be null, and is then passed to the release, whose {@code
   *     NullPointerException} counts as nothing to release
   * @param release begins to release it
   * @param <T> the type of the value
   * @return the value
   * @throws IllegalStateException if the stack is closed; the release has begun by then
   */
  public <T extends @Nullable Object> T adoptAsync(
      T value, Function<? super T, ? extends CompletionStage<?>> release) {
    Objects.requireNonNull(release, "release");
    Site.note(release);
    addOrExit(new ClosingContext<>(release, value, release));
    return value;
  }

  /**
   * Moves everything to a new stack in one step, and leaves this one open and empty. The new one is
   * the caller's, as if {@linkplain #open opened} here.
   *
   * @return the new stack, which the caller exits or closes; call {@link #succeeded} on it before
   *     {@code close}, unless something has failed
   * @throws IllegalStateException if this stack is closed; nothing has moved then
   */
  public AsyncExitStack popAll() {
    while (true) {
      Place top = head.get();
      if (top == Place.CLOSED) {
        throw closed();
      }
      if (head.compareAndSet(top, null)) {
        var heir = new AsyncExitStack(name, Shutdown.opener());
        heir.head.set(top);
        Place.moved(top, heir, heir.lost);
        return heir;
      }
    }
  }

  /**
   * Tells the stack that its body has succeeded, for {@link #close()} and {@link #closeAsync()}.
   */
  public void succeeded() {
    succeeded = true;
  }

  /**
   * Exits everything without blocking, the last entered first. A second call runs nothing: it
   * completes when the first one does, and fails if the exits failed. A call from one of these
   * exits, or from an exit that these wait for, completes at once, because the exit can't wait for
   * its own end.
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
   * was called, or else as after a failure.
   *
   * @return a future that completes when all exits are done, with their error if there is one; for
   *     a call by one of these exits, or by an exit that these wait for, at once; if it was
   *     completed before that, say by {@code orTimeout}, and nobody else waits for the exits, their
   *     error is {@linkplain Report reported}
   */
  public CompletableFuture<Void> closeAsync() {
    return end.future(beginEnd(), ending());
  }

  /**
   * Closes the stack on the calling thread, as {@link #closeAsync()} does; throws the error of the
   * exits, if there is one, unchanged.
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

  /** Exits everything on the calling thread, in place of an opener that has ended. */
  void exitInItsPlace(Throwable reason) {
    end.exitInItsPlace(beginEnd(), succeeded, reason);
  }

  /** {@return what is to be exited; {@link Place#CLOSED} for all but the first who ask} */
  private @Nullable Place beginEnd() {
    return head.getAndSet(Place.CLOSED);
  }

  private ExitCase ending() {
    return succeeded ? ExitCase.success() : ExitCase.of(new NotSaid());
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
      var place =
          new Place(manager, context, top, top == null ? new Place.Owner(this, lost) : top.owner);
      if (head.compareAndSet(top, place)) {
        return place;
      }
    }
  }

  private void addOrExit(AsyncContext<?> plain) {
    AsyncContext<?> context = Recorded.entered(Carried.along(plain), plain);
    if (Tracer.isOn()) {
      Recorded.named(context, Settings.DEFAULT, Inside.begin(null, null));
    }
    if (!put(null, context)) {
      IllegalStateException late = closed();
      Late.exit(plain, context, null, ExitCase.cancelled(late));
      throw late;
    }
  }

  private <T extends @Nullable Object> void addPlain(
      Object function, T value, ContextManager.Exit<? super T> exit) {
    Site.note(function);
    String name = FunctionContext.nameOf(function);
    addOrExit(new Here.Entered<>(name, new CallManager.Called<>(name, value, exit), null));
  }

  private static Verdict propagating(Work.Action<?> action) throws Exception {
    action.run();
    return Verdict.PROPAGATE;
  }

  private IllegalStateException closed() {
    return new IllegalStateException(
        (name.equals(NAME) ? "this exit stack" : "the exit stack " + name)
            + " is closed: a stack is used once, so open a new one");
  }

  /** {@return the name of this stack in reports: that of its manager} */
  @Override
  public String toString() {
    return name;
  }
}
