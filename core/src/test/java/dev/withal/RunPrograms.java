package dev.withal;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Programs that {@link RunProcessTest} starts as processes, one for each argument. */
final class RunPrograms {
  private static final Duration LONG = Duration.ofMinutes(5);

  private RunPrograms() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "returns" -> say(Async.call(() -> manager("a").use(value -> value)));
      case "fails" ->
          Async.call(() ->
              manager("a")
                  .use(_ -> {
                    throw new IllegalStateException("main failed");
                  }));
      case "waits" -> Async.call(() -> manager("a").use(_ -> manager("b").use(_ -> ready(LONG))));
      case "waits in stage style" ->
          Async.call(() ->
              Async.await(
                  manager("a")
                      .useAsync((_, cancellation) -> {
                        say("ready");
                        return cancellation.cancelling(new CompletableFuture<String>());
                      })));
      case "calls work" -> Async.run(RunPrograms::callWork);
      case "hangs in its exit" ->
          Async.call(Duration.ofMillis(300), () -> hanging().use(_ -> ready(LONG)));
      case "drains" -> Async.call(Duration.ofSeconds(20), RunPrograms::drain);
      case "calls exit" -> Async.call(() -> manager("a").use(_ -> onStackThenExit()));
      case "calls exit while an exit is pending" -> Async.run(RunPrograms::closeThenExit);
      case "calls exit in an exit" -> Async.run(RunPrograms::exitInAnExit);
      case "calls exit with an exit that fails" ->
          Async.call(() -> manager("a").use(_ -> failingToExit().use(_ -> exit())));
      case "answers by exit" -> Async.call(() -> manager("a").use(_ -> answering()));
      case "answers by an error" -> Async.call(() -> manager("a").use(_ -> failing()));
      case "calls exit in a generator" ->
          Async.call(() ->
              manager("a")
                  .use(_ ->
                      AsyncContextManager.<String>generator(yield -> yield.value("b"))
                          .use(value -> {
                            System.exit(7);
                            return value;
                          })));
      case "calls exit on another thread" ->
          Async.call(() ->
              manager("a")
                  .use(_ -> {
                    Thread.ofPlatform().start(() -> System.exit(7));
                    return ready(LONG);
                  }));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static String answering() throws InterruptedException {
    try {
      return ready(LONG);
    } catch (InterruptedException told) {
      Async.sleep(Duration.ofMillis(20));
      System.exit(7);
      throw told;
    }
  }

  private static String failing() throws IOException {
    try {
      return ready(LONG);
    } catch (InterruptedException told) {
      throw new IOException("no commit");
    }
  }

  private static String drain() throws InterruptedException {
    var answer = new CompletableFuture<String>();
    CompletableFuture<String> request =
        manager("a").useAsync((_, cancellation) -> cancellation.cancelling(answer));
    say("ready");
    Async.untilShutdown(Duration.ofSeconds(15));
    say("told");
    answer.complete("answered");
    String answered = Async.await(request);
    say(answered);
    return answered;
  }

  /** Its work takes note of its interruption, and then ends in its own time. */
  private static void callWork() throws Exception {
    Async.await(
        manager("a")
            .useAsync(_ ->
                Async.runAsync(() -> {
                  try {
                    ready(LONG);
                  } catch (InterruptedException asked) {
                    say("interrupted");
                    Async.sleep(Duration.ofMillis(20));
                    say("ended");
                    throw asked;
                  }
                })));
  }

  private static String onStackThenExit() throws InterruptedException {
    return AsyncExitStack.manager()
        .use(stack -> {
          stack.enter(manager("b"));
          stack.enter(manager("c"));
          System.exit(7);
          return "never";
        });
  }

  private static void closeThenExit() throws InterruptedException {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.enter(manager("a"));
    stack.enter(manager("b"));
    CompletableFuture<Void> ignored = stack.closeAsync();
    System.exit(7);
  }

  private static void exitInAnExit() throws InterruptedException {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.enter(manager("a"));
    stack.push(_ -> {
      System.exit(7);
      return Verdict.PROPAGATE;
    });
    stack.close();
  }

  private static String exit() {
    System.exit(7);
    return "never";
  }

  private static AsyncContextManager<String> failingToExit() {
    return AsyncContextManager.closing(
        () -> CompletableFuture.completedFuture("b"),
        _ -> CompletableFuture.failedFuture(new IOException("no flush")));
  }

  private static String ready(Duration wait) throws InterruptedException {
    say("ready");
    Async.sleep(wait);
    return "never";
  }

  private static AsyncContextManager<String> manager(String name) {
    return AsyncContextManager.of(
        () -> {
          say("enter " + name);
          return CompletableFuture.completedFuture(name);
        },
        (_, how) ->
            Async.sleepAsync(Duration.ofMillis(20))
                .thenApply(_ -> {
                  say("exit " + name + " " + how.getClass().getSimpleName());
                  return Verdict.PROPAGATE;
                }));
  }

  private static AsyncContextManager<String> hanging() {
    return AsyncContextManager.of(
        () -> CompletableFuture.completedFuture("value"),
        (_, _) -> {
          say("hangs");
          return Async.sleepAsync(LONG).thenApply(_ -> Verdict.PROPAGATE);
        });
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
