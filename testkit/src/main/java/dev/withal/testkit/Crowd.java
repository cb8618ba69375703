package dev.withal.testkit;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ExitCase;
import dev.withal.Report;
import dev.withal.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The laws that only many uses of one manager show, or an unusual thread.
 *
 * <p>Design: here every step goes by itself, on another thread than the one that arrived at it. A
 * scene is a future of the failure in it, or of null.
 */
final class Crowd<T extends @Nullable Object> {
  private static final int STACKED = 100;

  private final Function<? super Gate, ? extends AsyncContextManager<T>> source;
  private final IntSupplier holding;
  private final int left;
  private final Supplier<Pace> pace;
  private final LoopThreads loops;
  private final int uses;

  /**
   * Makes a crowd.
   *
   * @param left how much failed exits of trials left, which may be released during this
   */
  Crowd(
      Function<? super Gate, ? extends AsyncContextManager<T>> source,
      IntSupplier holding,
      int left,
      Supplier<Pace> pace,
      LoopThreads loops,
      int uses) {
    this.source = source;
    this.holding = holding;
    this.left = left;
    this.pace = pace;
    this.loops = loops;
    this.uses = uses;
  }

  private interface Scene<T extends @Nullable Object> {
    CompletableFuture<@Nullable String> play(AsyncContextManager<T> manager, Gate gate, Pace pace);
  }

  void all(Findings findings) throws InterruptedException {
    scene(findings, Law.L1, uses + " uses at the same time, in stage style", this::inStages);
    scene(findings, Law.L1, uses + " uses at the same time, in direct style", this::onThreads);
    scene(findings, Law.L10, uses + " uses inside one another", this::nested);
    scene(findings, Law.L4, "several entered on one stack", this::stacked);
    scene(findings, Law.L14, "direct style on an event-loop thread", this::onEventLoop);
    scene(findings, Law.L15, "an executor that rejects every step", this::rejected);
  }

  private void scene(Findings findings, Law law, String title, Scene<T> scene)
      throws InterruptedException {
    findings.trial();
    try (Pace own = pace.get();
        Ledger ledger = Ledger.open();
        Report.Registration ignored = Report.listen(unused -> {})) {
      var gate = new Gate(new SelfGoing(own, loops));
      AsyncContextManager<T> manager = own.adapt(source.apply(gate));
      int before = gate.held() + holding.getAsInt();
      CompletableFuture<@Nullable String> played = scene.play(manager, gate, own);
      played.whenComplete((unused, ignoredToo) -> gate.stir());
      if (!own.reaches(gate, own.patience().multipliedBy(20), played::isDone)) {
        findings.add(law, "not all of them end", List.of(title));
        findings.raise();
      }
      String broken = played.handle((what, error) -> error == null ? what : "" + error).join();
      if (broken != null) {
        findings.add(law, broken, List.of(title));
      }
      Throwable stuck = own.settle(Pace.HELD_IN_A_CROWD); // what arrives late may be on its way
      if (stuck != null) {
        findings.add(law, "a thread is held: " + Judge.where(stuck), List.of(title));
        findings.raise(); // the scenes after it would wait for that thread
      }
      boolean rests =
          own.reaches(
              gate, own.patience(), () -> rests(gate.held() + holding.getAsInt() - before, ledger));
      if (!rests) {
        var faults = new ArrayList<>(ledger.faults());
        faults.addFirst(
            gate.held()
                + holding.getAsInt()
                - before
                + " are still held after all uses have ended");
        findings.add(law, String.join("; ", faults), List.of(title));
      }
    }
  }

  private boolean rests(int more, Ledger ledger) {
    return more <= 0 && more >= -left && ledger.faults().isEmpty();
  }

  /** Lets each step go by itself, later. */
  private record SelfGoing(Pace pace, LoopThreads loops) implements Conductor {
    @Override
    public void arrives(Gate.Step step) {
      pace.known(loops.next()).execute(step::go);
    }
  }

  // ---- the scenes ------------------------------------------------------------------------------

  private CompletableFuture<@Nullable String> inStages(
      AsyncContextManager<T> manager, Gate gate, Pace own) {
    return each(number -> {
      var error = new Injected.Failure("body " + number);
      CompletableFuture<Integer> use =
          manager.useAsync(ignored ->
              gate.step("body " + number)
                  .thenApply(unused -> {
                    if (number % 3 == 1) {
                      throw error;
                    }
                    return number;
                  }));
      boolean cancelled = number % 3 == 2 && use.cancel(true);
      return use.handle((value, failure) -> {
        boolean right =
            cancelled
                ? use.isCancelled()
                : number % 3 == 1 ? failure == error : value != null && value == number;
        return right ? null : "use " + number + " ended with " + (value == null ? failure : value);
      });
    });
  }

  private CompletableFuture<@Nullable String> onThreads(
      AsyncContextManager<T> manager, Gate gate, Pace own) {
    return each(number -> {
      var ended = new CompletableFuture<@Nullable String>();
      own.start(() -> {
        try {
          int value = manager.<Integer, Exception>use(ignored -> number);
          ended.complete(value == number ? null : "use " + number + " ended with " + value);
        } catch (Throwable error) {
          ended.complete("use " + number + " ended with " + error);
        }
      });
      return ended;
    });
  }

  private CompletableFuture<@Nullable String> each(
      IntFunction<CompletableFuture<@Nullable String>> use) {
    var all = IntStream.range(0, uses).mapToObj(use).toList();
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
        .thenApply(ignored -> {
          for (CompletableFuture<@Nullable String> one : all) {
            if (one.join() != null) {
              return one.join();
            }
          }
          return null;
        });
  }

  private CompletableFuture<@Nullable String> nested(
      AsyncContextManager<T> manager, Gate gate, Pace own) {
    return nest(manager, uses)
        .handle((value, error) -> value != null ? null : "the uses ended with " + error);
  }

  private static <T extends @Nullable Object> CompletableFuture<String> nest(
      AsyncContextManager<T> manager, int depth) {
    return depth == 0
        ? CompletableFuture.completedFuture(PlannedUse.VALUE)
        : manager.useAsync(ignored -> nest(manager, depth - 1));
  }

  private CompletableFuture<@Nullable String> stacked(
      AsyncContextManager<T> manager, Gate gate, Pace own) {
    var exits = new Journal();
    int entries = Math.min(uses, STACKED);
    CompletableFuture<String> use =
        AsyncExitStack.manager()
            .useAsync(stack -> {
              CompletionStage<?> entered = CompletableFuture.completedFuture(null);
              for (int i = 0; i < entries; i++) {
                String name = "exit " + i;
                entered =
                    entered.thenCompose(ignored -> stack.enterAsync(watched(manager, exits, name)));
              }
              return entered.thenApply(ignored -> PlannedUse.VALUE);
            });
    List<String> inReverse =
        IntStream.range(0, entries).mapToObj(i -> "exit " + (entries - 1 - i)).toList();
    return use.handle((ignored, error) ->
        error != null
            ? "the use ended with " + error
            : exits.events().equals(inReverse) ? null : "the exits began in the order " + exits);
  }

  private static <T extends @Nullable Object> AsyncContextManager<T> watched(
      AsyncContextManager<T> manager, Journal exits, String name) {
    return () -> manager.enterAsync().thenApply(context -> new Watched<>(context, exits, name));
  }

  private record Watched<T extends @Nullable Object>(
      AsyncContext<? extends T> context, Journal exits, String name) implements AsyncContext<T> {
    @Override
    public T value() {
      return context.value();
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      exits.add(name);
      return context.exitAsync(how);
    }
  }

  private CompletableFuture<@Nullable String> onEventLoop(
      AsyncContextManager<T> manager, Gate gate, Pace own) {
    var refused = new CompletableFuture<@Nullable String>();
    own.known(loops.next())
        .execute(() -> {
          try {
            manager.<@Nullable Object, Exception>use(ignored -> null);
            refused.complete("it was not refused");
          } catch (IllegalStateException expected) {
            refused.complete(gate.isUntouched() ? null : "it was refused after a step had begun");
          } catch (Throwable error) {
            refused.complete("it failed with " + error);
          }
        });
    return refused;
  }

  private CompletableFuture<@Nullable String> rejected(
      AsyncContextManager<T> manager, Gate gate, Pace own) {
    return manager
        .on(ignored -> {
          throw new RejectedExecutionException("the law suite's");
        })
        .useAsync(ignored -> gate.step("body").thenApply(unused -> PlannedUse.VALUE))
        .handle((ignored, error) -> error == null ? null : "the use ended with " + error);
  }
}
