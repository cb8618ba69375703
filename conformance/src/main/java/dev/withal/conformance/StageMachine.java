package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.withal.Async;
import dev.withal.AsyncExitStack;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Stage style: a block is a chain of stages, and nothing waits. */
final class StageMachine extends Machine {
  private static final CompletionStage<@Nullable Returned> NOTHING =
      CompletableFuture.completedFuture(null);

  @Override
  @Nullable Returned run(JsonNode statements) throws Exception {
    return Async.<@Nullable Returned, Exception>await(block(statements, null));
  }

  private CompletionStage<@Nullable Returned> block(
      JsonNode statements, @Nullable AsyncExitStack stack) {
    return rest(statements.iterator(), stack);
  }

  private CompletionStage<@Nullable Returned> rest(
      Iterator<JsonNode> statements, @Nullable AsyncExitStack stack) {
    if (!statements.hasNext()) {
      return NOTHING;
    }
    JsonNode statement = statements.next();
    CompletionStage<@Nullable Returned> done;
    try {
      CompletionStage<?> onStack = stack == null ? null : onStack(stack, statement);
      done = onStack == null ? statement(statement) : onStack.thenApply(ignored -> null);
    } catch (Exception error) {
      done = CompletableFuture.failedStage(error);
    }
    return done.thenCompose(returned ->
        returned == null ? rest(statements, stack) : CompletableFuture.completedStage(returned));
  }

  private CompletionStage<@Nullable Returned> statement(JsonNode s) throws Exception {
    return switch (op(s)) {
      case "log" -> {
        trace.add("log", s.path("text").asText());
        yield NOTHING;
      }
      case "raise" -> throw new Failure(s.path("error").asText());
      case "pause" -> Managers.step(true, () -> null);
      case "return" -> CompletableFuture.completedStage(new Returned(s.path("value")));
      case "with" ->
          managers
              .manager(s.path("manager"))
              .<@Nullable Returned>useAsync(value -> {
                trace.add("value", value);
                return block(s.path("body"), null);
              });
      case "try" -> attempt(s);
      case "stack" ->
          AsyncExitStack.manager()
              .<@Nullable Returned>useAsync(stack -> block(s.path("body"), stack));
      default -> throw new UnknownToMachine(op(s));
    };
  }

  private CompletionStage<@Nullable Returned> attempt(JsonNode s) {
    return block(s.path("body"), null)
        .handle((returned, failure) -> {
          if (failure == null) {
            return CompletableFuture.<@Nullable Returned>completedStage(returned);
          }
          Throwable error = unwrap(failure);
          if (!catches(s, error)) {
            return CompletableFuture.<@Nullable Returned>failedStage(error);
          }
          caught(error);
          return block(s.path("handler"), null);
        })
        .thenCompose(Function.identity());
  }

  /** {@return when an operation of a stack is done; null if it is none} */
  private @Nullable CompletionStage<?> onStack(AsyncExitStack stack, JsonNode s) {
    switch (op(s)) {
      case "enter" -> {
        return stack
            .enterAsync(managers.manager(s.path("manager")))
            .thenAccept(value -> trace.add("value", value));
      }
      case "push" -> stack.pushAsync(managers.exitAlone(s.path("manager")));
      case "callback" -> stack.pushAsync(ignored -> managers.callback(s));
      case "close" -> {
        return close(stack.popAll());
      }
      case "pop_all" -> {
        AsyncExitStack moved = stack.popAll();
        trace.add("moved");
        return s.path("then").asText().equals("close") ? close(moved) : NOTHING;
      }
      default -> {
        return null;
      }
    }
    return NOTHING;
  }

  private static CompletionStage<?> close(AsyncExitStack stack) {
    stack.succeeded();
    return stack.closeAsync();
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
