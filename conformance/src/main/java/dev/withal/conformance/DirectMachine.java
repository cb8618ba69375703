package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.withal.Async;
import dev.withal.AsyncExitStack;
import org.jspecify.annotations.Nullable;

/** Direct style: a block is a loop, and what is not complete is waited for. */
final class DirectMachine extends Machine {

  @Override
  @Nullable Returned run(JsonNode statements) throws Exception {
    return block(statements, null);
  }

  private @Nullable Returned block(JsonNode statements, @Nullable AsyncExitStack stack)
      throws Exception {
    for (JsonNode statement : statements) {
      Returned returned = stack == null || !onStack(stack, statement) ? statement(statement) : null;
      if (returned != null) {
        return returned;
      }
    }
    return null;
  }

  private @Nullable Returned statement(JsonNode s) throws Exception {
    switch (op(s)) {
      case "log" -> trace.add("log", s.path("text").asText());
      case "raise" -> throw new Failure(s.path("error").asText());
      case "pause" -> Async.await(Managers.step(true, () -> null));
      case "return" -> {
        return new Returned(s.path("value"));
      }
      case "with" -> {
        return managers
            .manager(s.path("manager"))
            .<@Nullable Returned, Exception>use(value -> {
              trace.add("value", value);
              return block(s.path("body"), null);
            });
      }
      case "try" -> {
        return attempt(s);
      }
      case "stack" -> {
        return AsyncExitStack.manager()
            .<@Nullable Returned, Exception>use(stack -> block(s.path("body"), stack));
      }
      default -> throw new UnknownToMachine(op(s));
    }
    return null;
  }

  private @Nullable Returned attempt(JsonNode s) throws Exception {
    try {
      return block(s.path("body"), null);
    } catch (Failure error) {
      if (!catches(s, error)) {
        throw error;
      }
      caught(error);
    }
    return block(s.path("handler"), null);
  }

  /** {@return whether it was one of the operations of a stack} */
  private boolean onStack(AsyncExitStack stack, JsonNode s) throws Exception {
    switch (op(s)) {
      case "enter" -> trace.add("value", stack.enter(managers.manager(s.path("manager"))));
      case "push" -> stack.pushAsync(managers.exitAlone(s.path("manager")));
      case "callback" -> stack.pushAsync(ignored -> managers.callback(s));
      case "close" -> close(stack.popAll());
      case "pop_all" -> {
        AsyncExitStack moved = stack.popAll();
        trace.add("moved");
        if (s.path("then").asText().equals("close")) {
          close(moved);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void close(AsyncExitStack stack) {
    stack.succeeded();
    stack.close();
  }
}
