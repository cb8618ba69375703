package dev.withal;

import dev.withal.internal.HearsOfBody;
import dev.withal.internal.Time;
import dev.withal.internal.Tracer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Several managers as one: entered in parallel, all or none, and exited in parallel. */
final class All<T extends @Nullable Object> implements Configured.Composed<List<T>> {
  private final List<? extends AsyncContextManager<? extends T>> managers;
  private final int width;

  private final Settings ofParts;

  All(int width, List<? extends AsyncContextManager<? extends T>> managers, Settings ofParts) {
    this.managers = List.copyOf(managers);
    this.width = width;
    this.ofParts = ofParts;
  }

  @Override
  public AsyncContextManager<List<T>> withParts(Settings settings) {
    return new All<>(width, managers, settings);
  }

  @Override
  public CompletionStage<AsyncContext<List<T>>> enterAsync() {
    var group = new Group();
    group.start();
    return group;
  }

  @Override
  public String toString() {
    return managers.stream().map(Report::nameOf).toList().toString();
  }

  /**
   * The contexts of one enter; this future is that enter.
   *
   * <p>Design: each member's slot is empty until it settles. The first failure, or a request, is
   * the reason to give up: nothing more is entered, what runs is awaited for the grace period, and
   * what has arrived by then is exited; members that keep a grace period of their own have it.
   * {@code over} decides who ends the enter: all having settled, or the grace period; what arrives
   * after that is exited on its own (L8).
   */
  final class Group extends RequestFuture<AsyncContext<List<T>>>
      implements AsyncContext<List<T>>, Stages.TellsCase, HearsOfBody {
    private final AtomicReferenceArray<@Nullable AsyncContext<? extends T>> arrived =
        new AtomicReferenceArray<>(managers.size());
    private final AtomicReferenceArray<@Nullable CompletionStage<?>> entering =
        new AtomicReferenceArray<>(managers.size());
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Throwable> reason = new AtomicReference<>();
    private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();

    /** Tells the loss of a member's value; null until it is asked for, or if none can be lost. */
    private volatile @Nullable CompletableFuture<@Nullable Void> lost;

    /** What the caller's thread carries; the last members may be entered on others. */
    private final @Nullable Carried carried = Carried.capture();

    /** The exits that this is part of, on whichever thread the grace period ends. */
    private final @Nullable InExit around = InExit.current();

    /** By member: the context whose exit is pending, and then what that answered. */
    private volatile @Nullable AtomicReferenceArray<@Nullable Object> exits;

    /** From here on, only those members are awaited that keep a grace period of their own. */
    private volatile boolean graceOver;

    /** No member before this one keeps a grace period, and none will. */
    private volatile int settledUpTo;

    private final Fan<AsyncContext<? extends T>> fan =
        new Fan<>(managers.size(), width, this::begin, this::settled);

    void start() {
      over.whenComplete((ignored, unused) -> conclude());
      fan.run().whenComplete((ignored, unused) -> over.complete(null));
    }

    private @Nullable CompletionStage<? extends AsyncContext<? extends T>> begin(int index) {
      AsyncContextManager<? extends T> member = Configured.orOwn(managers.get(index), ofParts);
      member = carried == null ? member : carried.of(member);
      var stage = Stages.enterWhole(member);
      entering.set(index, stage);
      Throwable given = reason.get();
      // Guard against race with the failure of another, which did not find this one to ask.
      if (given != null && stage instanceof RequestFuture<?> ours) {
        ours.ask(Request.failure(given));
      }
      return stage;
    }

    private void settled(
        int index, @Nullable AsyncContext<? extends T> context, @Nullable Throwable failure) {
      AsyncContext<? extends T> held =
          context == null ? null : Recorded.entered(context, managers.get(index));
      if (held != null) {
        if (Tracer.isOn()) {
          Recorded.named(held, Settings.DEFAULT, Inside.part(held));
          Recorded.heldBy(this, held);
        }
        arrived(index, held);
      } else {
        failed(index, failure);
      }
      entering.set(index, null);
      if (graceOver) {
        endUnlessOneKeepsItsGrace();
      }
    }

    private void arrived(int index, AsyncContext<? extends T> held) {
      arrived.set(index, held);
      // Guard against race with the end of the enter: who takes it out of its slot exits it.
      if (over.isDone() && arrived.compareAndSet(index, held, null)) {
        Late.exit(managers.get(index), held, null, ExitCase.cancelled(reasonToGiveUp()));
      }
    }

    private void failed(int index, @Nullable Throwable failure) {
      Throwable error =
          failure == null
              ? new NullPointerException(Stages.NO_CONTEXT)
              : Failures.unwrap(failure, this);
      SharedErrors.met(failure, null, this);
      var own = new Failure(error, new AtomicBoolean());
      if (!over.isDone()) {
        failures.add(own);
      }
      giveUp(error);
      // Guard against race with the end of the enter: the first of the two tells of it.
      if (over.isDone() && own.told.compareAndSet(false, true)) {
        Late.report(managers.get(index), "enter", error);
      }
    }

    /** What a member failed to enter with, and whether somebody tells of it. */
    private record Failure(Throwable error, AtomicBoolean told) {}

    /** Begins no more, asks what runs to end, and waits for it at most the grace period. */
    private void giveUp(Throwable why) {
      if (!reason.compareAndSet(null, why)) {
        return;
      }
      fan.stop();
      for (int i = 0; i < entering.length(); i++) {
        if (entering.get(i) instanceof RequestFuture<?> ours) {
          ours.ask(Request.failure(why));
        }
      }
      if (!over.isDone()) {
        Runnable end = InExit.continuing(around, this::graceIsOver);
        Time.Timer timer = Grace.begin(ofParts.grace(), this, end);
        over.whenComplete((ignored, unused) -> timer.cancel());
      }
    }

    private void graceIsOver() {
      graceOver = true;
      endUnlessOneKeepsItsGrace();
    }

    /**
     * A member that is a use of ours bounds by itself how long it takes to end, unless it waits for
     * this very enter: then it would never end.
     */
    private void endUnlessOneKeepsItsGrace() {
      int i = over.isDone() ? entering.length() : settledUpTo;
      while (i < entering.length()) {
        if (entering.get(i) instanceof RequestFuture<?> ours
            && ours.keepsGraceOfEnter()
            && !Ring.closes(this, ours)) {
          settledUpTo = i;
          return;
        }
        i++;
      }
      over.complete(null);
    }

    private void conclude() {
      Throwable why = reason.get();
      if (why == null) {
        finish(this);
        return;
      }
      var errors = new ArrayList<Throwable>();
      for (Failure next = failures.poll(); next != null; next = failures.poll()) {
        if (next.told.compareAndSet(false, true)) {
          errors.addAll(Unwinding.beyond(why, next.error));
        }
      }
      exitAll(ExitCase.cancelled(Failures.joinAll(why, errors, this)), this)
          .whenComplete((after, ignored) -> fail(after.error() == null ? why : after.error()));
    }

    private Throwable reasonToGiveUp() {
      Throwable why = reason.get();
      return why == null ? new IllegalStateException("the group has ended") : why;
    }

    private CompletableFuture<ExitCase> exitAll(ExitCase how, Object by) {
      var answers = new AtomicReferenceArray<@Nullable Object>(arrived.length());
      exits = answers;
      return new Fan<@Nullable Object>(
              arrived.length(),
              width,
              index -> {
                AsyncContext<?> context = arrived.getAndSet(index, null);
                answers.set(index, context);
                return context == null
                    ? Verdict.PROPAGATE.now()
                    : Stages.exit(context, managers.get(index), how, by);
              },
              (index, answer, failure) -> answers.set(index, failure == null ? answer : failure))
          .run()
          .thenApply(ignored -> Unwinding.afterAll(how, answers, by));
    }

    @Override
    public List<T> value() {
      var values = new ArrayList<T>(arrived.length());
      for (int i = 0; i < arrived.length(); i++) {
        AsyncContext<? extends T> context = arrived.get(i);
        if (context != null) {
          values.add(context.value());
        }
      }
      return Collections.unmodifiableList(values);
    }

    @Override
    public void asked(Throwable why) {
      for (int i = 0; i < arrived.length(); i++) {
        BodyNews.asked(arrived.get(i), why);
      }
    }

    @Override
    public @Nullable CompletionStage<?> bodyReturned() {
      var rests = new ArrayList<@Nullable CompletionStage<?>>();
      for (int i = 0; i < arrived.length(); i++) {
        rests.add(BodyNews.returned(arrived.get(i)));
      }
      return BodyNews.all(rests);
    }

    @Override
    public void letGo() {
      BodyNews.letGo(exits);
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Stages.verdict(this, how);
    }

    @Override
    public CompletionStage<ExitCase> exitCase(ExitCase how, Object by) {
      CompletableFuture<@Nullable Void> any = lost;
      if (any != null) {
        any.complete(null);
      }
      return exitAll(how, by);
    }

    @Override
    public @Nullable CompletionStage<?> lost() {
      CompletableFuture<@Nullable Void> any = lost;
      for (int i = 0; i < arrived.length() && lost == null; i++) {
        AsyncContext<? extends T> context = arrived.get(i);
        if (context != null && context.lost() != null) {
          any = any == null ? new CompletableFuture<>() : any;
          Stages.onLoss(context, any, any::completeExceptionally);
        }
      }
      lost = any;
      return any;
    }

    @Override
    public String toString() {
      return All.this.toString();
    }

    // ---- requests ------------------------------------------------------------------------------

    @Override
    boolean accepts(Request request) {
      return !isDone() && reason.get() == null;
    }

    @Override
    @Nullable RequestFuture<?> onAccepted(Request request) {
      giveUp(request.reason);
      return null;
    }
  }
}
