package dev.withal.tasks;

import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.internal.HearsOfBody;
import java.util.concurrent.CompletionStage;

/** A group as the context of its body. */
final class GroupContext<T> implements AsyncContext<T>, HearsOfBody {
  private final String name;
  private final Group group;
  private final T value;

  GroupContext(String name, Group group, T value) {
    this.name = name;
    this.group = group;
    this.value = value;
  }

  @Override
  public T value() {
    return value;
  }

  @Override
  public CompletionStage<?> lost() {
    return group.lost();
  }

  @Override
  public void asked(Throwable reason) {
    group.ask(reason);
  }

  @Override
  public CompletionStage<?> bodyReturned() {
    return group.bodyReturned();
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return group.exit(how);
  }

  @Override
  public String toString() {
    return name;
  }
}
