package dev.withal.stress.trees;

import java.time.Duration;
import java.util.List;

/**
 * A program: a use, what runs in its body, and when its caller asks it to end.
 *
 * @param ask when the caller asks, in nanoseconds; {@link #NEVER} if it doesn't
 */
record Tree(Use root, long ask) {
  static final long NEVER = Long.MAX_VALUE / 4;

  /** What a body does, one after the other. */
  sealed interface Step {}

  /** Waits, until it is asked to end. */
  record Sleep(long time) implements Step {}

  /** Fails. */
  record Raise(String error) implements Step {}

  /** How the contexts of a use belong together. */
  enum Kind {
    /** One context, or several that are entered and exited in parallel. */
    GROUP,
    /** Contexts entered one after the other on an exit stack. */
    STACK,
    /** No context: {@code Async.timeout}. */
    TIMEOUT
  }

  /**
   * A use of some contexts.
   *
   * @param staged whether it is in stage style, else it is in direct style
   * @param limit when a timeout expires, from its start; else {@link #NEVER}
   * @param grace the grace period of the use
   * @param late what its stack is given after it has been closed; else null
   */
  record Use(
      String name,
      boolean staged,
      Kind kind,
      List<Member> members,
      long limit,
      long grace,
      List<Step> body,
      Member late)
      implements Step {

    /** {@return what is entered at a time, one after the other} */
    List<List<Member>> levels() {
      return switch (kind) {
        case GROUP -> List.of(members);
        case STACK -> members.stream().map(List::of).toList();
        case TIMEOUT -> List.of();
      };
    }

    Fault timeout() {
      return Fault.of("timed out after " + Duration.ofNanos(limit));
    }

    boolean isStagedStack() {
      return staged && kind == Kind.STACK;
    }

    long graceOf(Member member) {
      return kind == Kind.STACK ? member.grace : grace;
    }

    /** Whether its body is the future of another use in stage style, as it is. */
    boolean isRelay() {
      return staged
          && kind != Kind.STACK
          && body.size() == 1
          && body.getFirst() instanceof Use inner
          && inner.staged
          && inner.late == null;
    }
  }

  /** What an exit does about the error that it is told of. */
  enum Answer {
    PROPAGATE,
    SUPPRESS,
    REPLACE,
    FAIL
  }

  /**
   * A context.
   *
   * @param enter how long its enter takes
   * @param fails whether its enter fails then
   * @param exit how long its exit takes
   * @param grace the grace period of its enter, where it is entered on a stack
   */
  record Member(String name, long enter, boolean fails, long exit, Answer answer, long grace) {
    String enterError() {
      return "enter-" + name;
    }

    String exitError() {
      return "exit-" + name;
    }

    @Override
    public String toString() {
      return name
          + " (enter "
          + Duration.ofNanos(enter)
          + (fails ? " fails" : "")
          + ", exit "
          + Duration.ofNanos(exit)
          + (answer == Answer.PROPAGATE ? "" : " " + answer)
          + (grace == NEVER ? "" : ", grace " + Duration.ofNanos(grace))
          + ")";
    }
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    append(text, "", root);
    return text + (ask == NEVER ? "" : "asked to end at " + Duration.ofNanos(ask) + "\n");
  }

  private static void append(StringBuilder text, String indent, Step step) {
    text.append(indent);
    switch (step) {
      case Sleep(long time) -> text.append("sleep ").append(Duration.ofNanos(time)).append('\n');
      case Raise(String error) -> text.append("raise ").append(error).append('\n');
      case Use use -> {
        text.append(use.staged ? "stage " : "direct ").append(use.name).append(' ');
        text.append(use.kind).append(", grace ").append(Duration.ofNanos(use.grace));
        if (use.limit != NEVER) {
          text.append(", limit ").append(Duration.ofNanos(use.limit));
        }
        text.append('\n');
        for (Member member : use.members) {
          text.append(indent).append("  with ").append(member).append('\n');
        }
        use.body.forEach(inner -> append(text, indent + "  ", inner));
        if (use.late != null) {
          text.append(indent).append("  once closed ").append(use.late).append('\n');
        }
      }
    }
  }
}
