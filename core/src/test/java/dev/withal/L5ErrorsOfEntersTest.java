package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** L5: what the enter of a direct use has failed with comes from inside of that use. */
@ExtendWith(LeakCheck.class)
class L5ErrorsOfEntersTest {
  private final CompletableFuture<String> reply = new CompletableFuture<>();
  private final IOException lost = new IOException("connection lost");

  /** A direct use whose enter comes to what a use in there has failed with. */
  record Entering(String name, Use use) {
    interface Use {
      void with(Supplier<CompletableFuture<String>> inner) throws Exception;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Entering> enters() {
    return Stream.of(
        new Entering("stage", inner -> entering(inner).use(text -> text)),
        new Entering(
            "bounded",
            inner -> entering(inner).enterTimeout(Duration.ofHours(1)).use(text -> text)),
        new Entering("named", inner -> entering(inner).named("x").use(text -> text)),
        new Entering(
            "group",
            inner -> AsyncContextManager.all(List.of(entering(inner))).use(texts -> texts)),
        new Entering(
            "chain",
            inner ->
                AsyncContextManager.ofValue("part")
                    .flatMap(_ -> entering(inner))
                    .use(text -> text)),
        new Entering(
            "generator",
            inner ->
                AsyncContextManager.<String>generator(
                        yield -> yield.value(Async.await(inner.get())))
                    .use(text -> text)),
        new Entering(
            "synchronous",
            inner ->
                ContextManager.<String>closing(() -> Async.await(inner.get()), _ -> {})
                    .use(text -> text)),
        new Entering(
            "synchronous, as asynchronous",
            inner ->
                ContextManager.<String>closing(() -> Async.await(inner.get()), _ -> {})
                    .async()
                    .use(text -> text)));
  }

  @ParameterizedTest
  @MethodSource("enters")
  void error_thatTheEnterOfADirectUseCameTo_endsWhatIsAwaitedThere_isOneAndTheSame(Entering form) {
    CompletableFuture<String> use = failingToExit("outer").useAsync(_ -> reply);
    Throwable thrown =
        catchThrowable(() ->
            form.use.with(
                () -> failingToExit("inner").useAsync(_ -> CompletableFuture.failedFuture(lost))));

    reply.completeExceptionally(thrown);

    assertThat(use.exceptionNow()).isSameAs(lost);
    assertThat(lost.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("inner", "outer");
  }

  private static AsyncContextManager<String> entering(Supplier<CompletableFuture<String>> enter) {
    return AsyncContextManager.closing(enter, _ -> CompletableFuture.completedFuture("released"));
  }

  private static AsyncContextManager<String> failingToExit(String message) {
    return AsyncContextManager.closing(
        () -> CompletableFuture.completedFuture("x"),
        _ -> CompletableFuture.failedFuture(new IOException(message)));
  }
}
