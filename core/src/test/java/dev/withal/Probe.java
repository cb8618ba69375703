package dev.withal;

import dev.withal.testkit.Journal;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A manager that writes down what happens to it, and enters and exits as a test wants it to. */
final class Probe implements AsyncContextManager<String> {
  private final Journal journal;
  private final Carrier carrier;
  private final String name;
  private @Nullable Throwable enterError;
  private @Nullable Throwable exitError;
  private Verdict verdict = Verdict.PROPAGATE;

  Probe(Journal journal, Carrier carrier, String name) {
    this.journal = journal;
    this.carrier = carrier;
    this.name = name;
  }

  Probe failingToEnter(Throwable error) {
    enterError = error;
    return this;
  }

  Probe failingToExit(Throwable error) {
    exitError = error;
    return this;
  }

  Probe answering(Verdict answer) {
    verdict = answer;
    return this;
  }

  @Override
  public CompletionStage<AsyncContext<String>> enterAsync() {
    journal.add("enter " + name);
    return carrier.step(() -> {
      if (enterError != null) {
        throw Failures.<Exception>sneaky(enterError);
      }
      journal.add("entered " + name);
      return new Context();
    });
  }

  @Override
  public String toString() {
    return name;
  }

  private final class Context implements AsyncContext<String> {
    @Override
    public String value() {
      return name;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      journal.add("exit " + name + " " + describe(how));
      return carrier.step(() -> {
        if (exitError != null) {
          throw Failures.<Exception>sneaky(exitError);
        }
        journal.add("exited " + name);
        return verdict;
      });
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A body that ends with an error. */
  @SuppressWarnings("DoNotCallSuggester") // stands for a body
  static String raise(Throwable error) throws Exception {
    throw Failures.<Exception>sneaky(error);
  }

  static String describe(ExitCase how) {
    return switch (how) {
      case ExitCase.Succeeded _ -> "succeeded";
      case ExitCase.Failed failed -> "failed " + failed.error().getMessage();
      case ExitCase.Cancelled cancelled ->
          "cancelled "
              + cancelled.error().getClass().getSimpleName()
              + (cancelled.bodyStillRuns() ? " beside the body" : "");
    };
  }
}
