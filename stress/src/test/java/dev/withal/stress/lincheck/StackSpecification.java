package dev.withal.stress.lincheck;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What an exit stack does if one thread at a time uses it: L4, L11 and L12. */
public class StackSpecification {
  private final Deque<Integer> stack = new ArrayDeque<>();
  private boolean closed;

  public String push(int id) {
    if (closed) {
      return "refused " + List.of(id);
    }
    stack.push(id);
    return "pushed";
  }

  public String popAll() {
    return closed ? "refused []" : "moved " + exits();
  }

  public String close() {
    closed = true;
    return "closed " + exits();
  }

  private String exits() {
    String exits = List.copyOf(stack).toString();
    stack.clear();
    return exits;
  }
}
