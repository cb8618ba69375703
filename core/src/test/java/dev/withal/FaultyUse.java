package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Faults.Injected;
import dev.withal.Faults.Manner;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A use of any form, style and ending, in which a call into code of others may fail. */
final class FaultyUse {
  private static final Duration STEP = Duration.ofMillis(10);
  private static final Duration LONG = Duration.ofDays(1);

  /** What is used. */
  enum Form {
    PLAIN,
    MAPPED,
    FLAT_MAPPED,
    GROUP,
    SUPPRESSING,
    ENTER_TIMEOUT,
    EXIT_TIMEOUT,
    EXECUTOR,
    CLOSING,
    FUNCTIONS,
    STACK,
    BLOCKING,
    BLOCKING_ON_EXECUTOR
  }

  /** How the use ends. */
  enum Ending {
    VALUE,
    FAILURE,
    ASKED_IN_BODY,
    ASKED_IN_ENTER,
    HANGING_EXIT
  }

  private final Form form;
  private final Carrier carrier;
  private final Ending ending;
  private final VirtualTime time;
  private final Faults faults;
  private final List<FaultyManager> parts = new CopyOnWriteArrayList<>();
  private final List<Report> reports = new CopyOnWriteArrayList<>();
  private final List<Throwable> logged = new ArrayList<>();
  private final CompletableFuture<Object> result = new CompletableFuture<>();

  FaultyUse(Form form, Carrier carrier, Ending ending, VirtualTime time, Faults faults) {
    this.form = form;
    this.carrier = carrier;
    this.ending = ending;
    this.time = time;
    this.faults = faults;
  }

  void run() {
    try (var _ = Report.listen(_ -> faults.sneaky("listener", () -> null));
        var _ = Report.listen(reports::add)) {
      Runnable ask = carrier.isDirect() ? useHere() : useAsync();
      if (ending == Ending.ASKED_IN_BODY || ending == Ending.ASKED_IN_ENTER) {
        time.advance(STEP.multipliedBy(5));
        ask.run();
      }
      time.advance(LONG.multipliedBy(3));
    }
  }

  private Runnable useAsync() {
    CompletableFuture<?> use =
        form == Form.STACK
            ? stackAsync()
            : carrier == Carrier.STAGE_COMPLETE
                ? manager().useAsync(this::bodyAsync)
                : manager().useAsync(this::hearingBodyAsync);
    use.whenComplete((value, error) -> {
      if (error == null) {
        result.complete(value);
      } else {
        result.completeExceptionally(error);
      }
    });
    return () -> use.cancel(true);
  }

  private CompletableFuture<?> stackAsync() {
    return AsyncExitStack.manager()
        .useAsync((stack, cancellation) ->
            stack.enterAsync(part()).thenCompose(value -> hearingBodyAsync(value, cancellation)));
  }

  private CompletionStage<Object> hearingBodyAsync(Object value, Cancellation cancellation) {
    cancellation.onRequest(_ -> faults.sneaky("action", () -> null));
    return bodyAsync(value);
  }

  private CompletionStage<Object> bodyAsync(Object value) {
    return faults.stage(
        "body",
        switch (ending) {
          case FAILURE -> later(CompletableFuture.failedFuture(new IOException("body")));
          case ASKED_IN_BODY -> new CompletableFuture<>();
          default -> later(CompletableFuture.completedFuture(value));
        });
  }

  private Runnable useHere() {
    Thread thread =
        time.start(() -> {
          try {
            result.complete(form == Form.STACK ? stackHere() : manager().use(this::body));
          } catch (Throwable error) {
            result.completeExceptionally(error);
          }
        });
    return () -> time.interrupt(thread);
  }

  private Object stackHere() throws Exception {
    return AsyncExitStack.manager()
        .<Object, Exception>use(stack -> {
          Object value = stack.enter(part());
          return body(value);
        });
  }

  private Object body(Object value) throws Exception {
    return switch (ending) {
      case FAILURE -> throw new IOException("body");
      case ASKED_IN_BODY -> {
        Async.sleep(LONG);
        yield "slept";
      }
      default -> value;
    };
  }

  private AsyncContextManager<?> manager() {
    var part = part();
    return switch (form) {
      case PLAIN, STACK -> part;
      case MAPPED -> part.map(value -> faults.sneaky("map", () -> value + " mapped"));
      case FLAT_MAPPED -> part.flatMap(_ -> faults.sneaky("flatMap", this::part));
      case GROUP -> AsyncContextManager.all(List.of(part, part()));
      case SUPPRESSING -> part.suppressing(ArithmeticException.class);
      case ENTER_TIMEOUT -> part.enterTimeout(STEP.multipliedBy(10));
      case EXIT_TIMEOUT ->
          part.exitTimeout(
              STEP,
              _ ->
                  faults.sneaky(
                      "force",
                      () -> faults.stage("force", CompletableFuture.completedFuture(null))));
      case EXECUTOR -> part.on(faults.executor(Runnable::run));
      case CLOSING ->
          AsyncContextManager.closing(
              () -> faults.sneaky("open", () -> part.entering("value")), _ -> part.exit());
      case FUNCTIONS ->
          AsyncContextManager.of(
              () -> faults.sneaky("open", () -> part.entering("value")), (_, _) -> part.exit());
      case BLOCKING -> part.blocking().async();
      case BLOCKING_ON_EXECUTOR -> part.blocking().async(faults.executor(time::start));
    };
  }

  private FaultyManager part() {
    var part = new FaultyManager(faults, ending, this::later);
    parts.add(part);
    return part;
  }

  private <T> CompletableFuture<T> later(CompletableFuture<T> future) {
    return carrier == Carrier.STAGE_COMPLETE || carrier == Carrier.SAME_THREAD
        ? future
        : Async.sleepAsync(STEP).thenCompose(_ -> future);
  }

  /** What the log was given beside. */
  void told(List<Throwable> byLog) {
    logged.addAll(byLog);
  }

  String failed() {
    return faults.failed();
  }

  // ---- what must have come out ---------------------------------------------------------------

  void assertExitedOnce() {
    assertThat(result).as(this + ": has ended").isDone();
    for (FaultyManager part : parts) {
      assertThat(part.exited).as(this + ": exits").hasValue(part.entered.get());
    }
  }

  /** A helper's failure changes nothing but what is reported; another one's is in the result. */
  void assertTold(FaultyUse usual, Manner manner) {
    String call = faults.failed();
    boolean helps =
        call == null
            || manner == Manner.TWICE
            || Stream.of("toString", "listener", "action").anyMatch(call::startsWith)
            || (call.equals("executor") && form != Form.BLOCKING_ON_EXECUTOR);
    if (helps) {
      assertThat(outcome()).as(toString()).isEqualTo(usual.outcome());
    }
    if (call != null && manner != Manner.TWICE) {
      assertThat(isTold()).as(this + ": is told").isTrue();
    }
  }

  private String outcome() {
    return result
        .handle((value, error) -> value + ", " + error)
        .join()
        .replaceAll("\\S+, whose toString throws \\S+", "part");
  }

  private boolean isTold() {
    var open = new ArrayDeque<Throwable>(logged);
    var seen = Collections.<Throwable>newSetFromMap(new IdentityHashMap<>());
    if (result.isCompletedExceptionally()) {
      open.add(result.handle((_, error) -> error).join());
    }
    var texts = new ArrayList<String>();
    for (Report report : reports) {
      texts.add(report.context());
      if (report.error() != null) {
        open.add(report.error());
      }
    }
    while (!open.isEmpty()) {
      Throwable next = open.remove();
      if (seen.add(next)) {
        texts.add(String.valueOf(next.getMessage()));
        open.addAll(Arrays.asList(next.getSuppressed()));
        open.addAll(next.getCause() == null ? Set.of() : Set.of(next.getCause()));
      }
    }
    return seen.stream().anyMatch(Injected.class::isInstance)
        || texts.stream().anyMatch(text -> text.contains(Injected.class.getName()));
  }

  @Override
  public String toString() {
    return form
        + " "
        + carrier
        + " "
        + ending
        + ", failed: "
        + faults.failed()
        + ", "
        + outcomeIfAny();
  }

  private String outcomeIfAny() {
    return result.isDone() ? outcome() : "no end";
  }
}
