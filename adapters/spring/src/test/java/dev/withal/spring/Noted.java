package dev.withal.spring;

import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.testkit.Journal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Managers whose enters and exits are written down, and contexts of their beans. */
final class Noted {
  private Noted() {}

  static <T> AsyncContextManager<T> manager(Journal journal, String name, T value) {
    return manager(journal, name, value, _ -> Verdict.PROPAGATE.now());
  }

  static <T> AsyncContextManager<T> manager(
      Journal journal,
      String name,
      T value,
      Function<ExitCase, ? extends CompletionStage<Verdict>> exit) {
    return AsyncContextManager.<T>of(
            () -> {
              journal.add("enter " + name);
              return CompletableFuture.completedStage(value);
            },
            (_, how) -> {
              journal.add("exit " + name + ", " + told(how));
              return exit.apply(how);
            })
        .named(name);
  }

  static String told(ExitCase how) {
    return switch (how) {
      case ExitCase.Succeeded _ -> "success";
      case ExitCase.Failed(Throwable error, _) -> "failure: " + error.getMessage();
      case ExitCase.Cancelled(Throwable reason, _, _) -> "cancelled: " + reason.getMessage();
    };
  }

  /** {@return a context that isn't started yet, with a journal as a bean} */
  static AnnotationConfigApplicationContext context(Journal journal, Class<?>... configurations) {
    var context = new AnnotationConfigApplicationContext();
    context.setDisplayName("shop");
    context.registerBean("journal", Journal.class, () -> journal);
    context.register(configurations);
    return context;
  }

  static AnnotationConfigApplicationContext started(Journal journal, Class<?>... configurations) {
    AnnotationConfigApplicationContext context = context(journal, configurations);
    context.refresh();
    return context;
  }
}
