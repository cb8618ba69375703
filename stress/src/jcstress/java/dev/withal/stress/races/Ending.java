package dev.withal.stress.races;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** How a future ended, in words: its value, or the names of its error and of those added to it. */
final class Ending {

  /** What fails on purpose, by the name that an outcome has for it. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    Failure(String name) {
      super(name);
    }
  }

  private static final long PATIENCE_SECONDS = 20;

  /** One future that never ends fails the race: no time is lost on the others. */
  private static final AtomicBoolean IMPATIENT = new AtomicBoolean();

  private Ending() {}

  static String of(CompletableFuture<?> future) {
    CompletableFuture<String> words =
        future.handle((value, error) -> error == null ? String.valueOf(value) : words(error));
    if (IMPATIENT.get()) {
      return words.getNow("never ended");
    }
    try {
      return words.orTimeout(PATIENCE_SECONDS, SECONDS).join();
    } catch (CompletionException tooLong) {
      IMPATIENT.set(true);
      return "never ended";
    }
  }

  static String words(Throwable error) {
    Throwable inner = error instanceof CompletionException ? error.getCause() : error;
    String added =
        Arrays.stream(inner.getSuppressed()).map(Ending::words).collect(Collectors.joining(", "));
    return name(inner) + (added.isEmpty() ? "" : " with " + added);
  }

  private static String name(Throwable error) {
    return switch (error) {
      case Failure failure -> failure.getMessage();
      case TimeoutException _ -> "timed out";
      case CancellationException _ -> "cancelled";
      case IllegalStateException _ -> "refused";
      default -> error.getClass().getSimpleName();
    };
  }
}
