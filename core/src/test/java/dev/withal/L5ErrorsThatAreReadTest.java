package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** L5: a thread that reads the error of one use hands it to no other use. */
@ExtendWith(LeakCheck.class)
class L5ErrorsThatAreReadTest {
  private static final int MANY = 50;

  private final CompletableFuture<String> reply = new CompletableFuture<>();
  private final IOException lost = new IOException("connection lost");

  /** How a caller looks at what a use has come to. */
  record Reading(String name, Look look) {
    interface Look {
      void at(CompletableFuture<String> use) throws Exception;
    }

    void read(CompletableFuture<String> use) {
      var ignored = catchThrowable(() -> look.at(use));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Reading> readings() {
    return Stream.of(
        new Reading("join", CompletableFuture::join),
        new Reading("get", CompletableFuture::get),
        new Reading("await", Async::await),
        new Reading("thenApply", use -> use.thenApply(text -> text)),
        new Reading("toCompletableFuture", CompletableFuture::toCompletableFuture));
  }

  record Form(String name, UnaryOperator<AsyncContextManager<String>> of) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Form> forms() {
    return Stream.of(
        new Form("plain", manager -> manager),
        new Form("bounded", manager -> manager.exitTimeout(Duration.ofHours(1))),
        new Form("mapped", manager -> manager.map(text -> text)),
        new Form("on an executor", manager -> manager.on(Runnable::run)));
  }

  @ParameterizedTest
  @MethodSource("readings")
  void error_endsManyUsesThatAreReadAsTheyEnd_tellsEachOfItsOwnExitOnly(Reading reading) {
    List<CompletableFuture<String>> uses = uses(manager -> manager);
    uses.forEach(use ->
        use.handle((_, _) -> {
          reading.read(use);
          return null;
        }));

    reply.completeExceptionally(lost);

    assertThat(ownErrors(uses)).isEqualTo(exits());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void error_endsManyUsesThatAreReadAsTheyEnd_tellsEachOfItsOwnExitOnly(Form form) {
    List<CompletableFuture<String>> uses = uses(form.of);
    uses.forEach(use -> use.handle((_, _) -> catchThrowable(use::join)));

    reply.completeExceptionally(lost);

    assertThat(ownErrors(uses)).isEqualTo(exits());
  }

  @ParameterizedTest
  @MethodSource("readings")
  void error_isReadBeforeAnotherUseEndsWithIt_tellsEachOfItsOwnExitOnly(Reading reading) {
    var otherReply = new CompletableFuture<String>();
    CompletableFuture<String> use = failingToExit("exit 0").useAsync(_ -> reply);
    CompletableFuture<String> other = failingToExit("exit 1").useAsync(_ -> otherReply);
    reply.completeExceptionally(lost);
    reading.read(use);

    otherReply.completeExceptionally(lost);

    assertThat(ownErrors(List.of(use, other))).isEqualTo(exits().subList(0, 2));
  }

  @Test
  void error_thatADirectUseThrew_endsWhatIsAwaitedThere_isOneAndTheSame() {
    CompletableFuture<String> use = failingToExit("outer").useAsync(_ -> reply);
    Throwable thrown = catchThrowable(() -> failingToExit("inner").use(_ -> Probe.raise(lost)));

    reply.completeExceptionally(thrown);

    assertOneError(use);
  }

  @Test
  void reason_isGivenToManyUsesThatAreReadAsTheyEnd_tellsEachOfItsOwnExitOnly() {
    List<CompletableFuture<String>> uses =
        IntStream.range(0, MANY)
            .mapToObj(i ->
                failingToExit("exit " + i)
                    .<String>useAsync(
                        (_, cancellation) -> cancellation.cancelling(new CompletableFuture<>())))
            .toList();
    uses.forEach(use -> use.handle((_, _) -> catchThrowable(use::join)));

    uses.forEach(use -> use.completeExceptionally(lost));

    assertThat(ownErrors(uses)).isEqualTo(exits());
  }

  @Test
  void reason_addedToByAnInnerUseWhoseFailureIsHandled_isOneAndTheSame() {
    CompletableFuture<String> use =
        failingToExit("outer")
            .useAsync((_, cancellation) -> {
              CompletableFuture<String> inner =
                  failingToExit("inner")
                      .<String>useAsync((_, asked) -> asked.cancelling(new CompletableFuture<>()));
              cancellation.onRequest(inner::completeExceptionally);
              return inner.handle((_, _) -> "handled");
            });

    use.completeExceptionally(lost);

    assertOneError(use);
  }

  @Test
  void error_wasReadBeforeTheBodyBegan_thatFailsWithIt_tellsEachOfItsOwnExitOnly() {
    var gate = new CompletableFuture<String>();
    CompletableFuture<String> other =
        enteringAfter(gate, "exit 1").useAsync(_ -> CompletableFuture.failedFuture(lost));
    CompletableFuture<String> use = failingToExit("exit 0").useAsync(_ -> reply);
    reply.completeExceptionally(lost);
    var ignored = catchThrowable(use::join);

    gate.complete("x");

    assertThat(ownErrors(List.of(use, other))).isEqualTo(exits().subList(0, 2));
  }

  @Test
  void error_ofADirectUseInABodyThatBeginsLater_isOneAndTheSame() {
    var gate = new CompletableFuture<String>();
    CompletableFuture<String> use =
        enteringAfter(gate, "outer")
            .useAsync(_ ->
                CompletableFuture.completedFuture(
                    failingToExit("inner").use(_ -> Probe.raise(lost))));

    gate.complete("x");

    assertOneError(use);
  }

  @Test
  void error_ofAUseThatFailsAtOnceInABodyThatBeginsLater_isOneAndTheSame() {
    var gate = new CompletableFuture<String>();
    CompletableFuture<String> use =
        enteringAfter(gate, "outer")
            .useAsync(_ ->
                failingToExit("inner")
                    .<String>useAsync(_ -> CompletableFuture.failedFuture(lost))
                    .thenApply(text -> text));

    gate.complete("x");

    assertOneError(use);
  }

  @Test
  void error_ofAUseThatFailsAtOnceInAnExitThatBeginsLater_isOneAndTheSame() {
    AsyncContextManager<String> usingToExit =
        AsyncContextManager.closing(
            () -> CompletableFuture.completedFuture("x"),
            _ ->
                failingToExit("inner")
                    .<String>useAsync(_ -> CompletableFuture.failedFuture(lost))
                    .thenApply(text -> text));
    CompletableFuture<String> use =
        failingToExit("outer").useAsync(_ -> usingToExit.useAsync(_ -> reply));

    reply.complete("y");

    assertOneError(use);
  }

  private void assertOneError(CompletableFuture<String> use) {
    assertThat(use.exceptionNow()).isSameAs(lost);
    assertThat(lost.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("inner", "outer");
  }

  private List<CompletableFuture<String>> uses(UnaryOperator<AsyncContextManager<String>> form) {
    return IntStream.range(0, MANY)
        .mapToObj(i -> form.apply(failingToExit("exit " + i)).<String>useAsync(_ -> reply))
        .toList();
  }

  private static AsyncContextManager<String> failingToExit(String message) {
    return enteringAfter(CompletableFuture.completedFuture("x"), message);
  }

  private static AsyncContextManager<String> enteringAfter(
      CompletableFuture<String> gate, String message) {
    return AsyncContextManager.closing(
        () -> gate, _ -> CompletableFuture.failedFuture(new IOException(message)));
  }

  /** {@return of each use the messages of what its error carries} */
  private static List<List<String>> ownErrors(List<CompletableFuture<String>> uses) {
    return uses.stream()
        .map(use ->
            Stream.of(use.exceptionNow().getSuppressed()).map(Throwable::getMessage).toList())
        .toList();
  }

  private static List<List<String>> exits() {
    return IntStream.range(0, MANY).mapToObj(i -> List.of("exit " + i)).toList();
  }
}
