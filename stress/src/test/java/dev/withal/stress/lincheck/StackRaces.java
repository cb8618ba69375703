package dev.withal.stress.lincheck;

import dev.withal.AsyncExitStack;
import dev.withal.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * One exit stack: each operation tells which exits it ran. {@link StackSpecification} is the rule.
 */
@Param(name = "id", gen = IntGen.class, conf = "1:9")
public class StackRaces {
  private final AsyncExitStack stack = AsyncExitStack.open();
  private final ThreadLocal<List<Integer>> exited = ThreadLocal.withInitial(ArrayList::new);

  @Operation
  public String push(@Param(name = "id") int id) {
    try {
      stack.pushAsync(_ -> {
        exited.get().add(id);
        return Verdict.PROPAGATE.now();
      });
      return "pushed";
    } catch (IllegalStateException closed) {
      return "refused " + exits();
    }
  }

  @Operation
  public String popAll() {
    try {
      stack.popAll().closeAsync();
      return "moved " + exits();
    } catch (IllegalStateException closed) {
      return "refused " + exits();
    }
  }

  @Operation
  public String close() {
    stack.closeAsync();
    return "closed " + exits();
  }

  private String exits() {
    String exits = exited.get().toString();
    exited.remove();
    return exits;
  }
}
