package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** L5: an error is added to by one chain of uses only, whoever else fails with it. */
@ExtendWith(LeakCheck.class)
class L5SharedErrorsTest {
  private static final int MANY = 50;

  private final CompletableFuture<String> reply = new CompletableFuture<>();
  private final IOException lost = new IOException("connection lost");

  /** How a body ends with what the reply ends with. */
  record Way(String name, Function<CompletableFuture<String>, CompletionStage<String>> of) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Way> ways() {
    return Stream.of(
        new Way("the reply", reply -> reply),
        new Way("made of it", reply -> reply.thenApply(text -> text)),
        new Way("in a use", reply -> AsyncContextManager.ofValue("x").useAsync(_ -> reply)),
        new Way(
            "on a stack",
            reply -> AsyncExitStack.manager().useAsync(_ -> reply).thenApply(text -> text)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void error_endsManyUses_tellsEachOfItsOwnExitOnly(Way way) {
    List<CompletableFuture<String>> uses =
        IntStream.range(0, MANY)
            .mapToObj(i -> failingToExit("exit " + i).<String>useAsync(_ -> way.of.apply(reply)))
            .toList();

    reply.completeExceptionally(lost);

    assertThat(ownErrors(uses)).isEqualTo(exits());
    assertThat(lost.getSuppressed()).hasSize(1);
  }

  @Test
  void error_endsManyUsesOneByOne_tellsEachOfItsOwnExitOnly() {
    List<CompletableFuture<String>> replies =
        Stream.generate(CompletableFuture<String>::new).limit(MANY).toList();
    List<CompletableFuture<String>> uses =
        IntStream.range(0, MANY)
            .mapToObj(i -> failingToExit("exit " + i).<String>useAsync(_ -> replies.get(i)))
            .toList();

    replies.forEach(each -> each.completeExceptionally(lost));

    assertThat(ownErrors(uses)).isEqualTo(exits());
    assertThat(lost.getSuppressed()).hasSize(1);
  }

  @Test
  void error_endsManyUsesWhoseExitsTakeTime_tellsEachOfItsOwnExitOnly(VirtualTime time) {
    List<CompletableFuture<String>> uses =
        IntStream.range(0, MANY)
            .mapToObj(i ->
                failingToExit("exit " + i, Carrier.STAGE_LATER)
                    .exitTimeout(Duration.ofSeconds(1))
                    .<String>useAsync(_ -> reply))
            .toList();

    reply.completeExceptionally(lost);
    time.advance(Carrier.STEP);

    assertThat(ownErrors(uses)).isEqualTo(exits());
    assertThat(lost.getSuppressed()).hasSize(1);
  }

  @Test
  void error_endsManyBodiesInDirectStyle_tellsEachOfItsOwnExitOnly(VirtualTime time) {
    List<CompletableFuture<String>> uses = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      var result = new CompletableFuture<String>();
      var manager = failingToExit("exit " + i);
      time.start(() ->
          result.completeExceptionally(
              catchThrowable(() ->
                  manager.<String, Exception>use(_ -> Async.<String, Exception>await(reply)))));
      uses.add(result);
    }
    time.settle();

    reply.completeExceptionally(lost);
    time.settle();

    assertThat(ownErrors(uses)).isEqualTo(exits());
    assertThat(lost.getSuppressed()).hasSize(1);
  }

  @Test
  void error_endsManyNests_tellsEachOfItsOwnExitsOnly() {
    List<CompletableFuture<String>> uses =
        IntStream.range(0, MANY)
            .mapToObj(i ->
                failingToExit("exit " + i)
                    .<String>useAsync(_ ->
                        failingToExit("exit " + i).useAsync(_ -> reply).thenApply(text -> text)))
            .toList();

    reply.completeExceptionally(lost);

    assertThat(ownErrors(uses))
        .isEqualTo(exits().stream().map(each -> List.of(each.get(0), each.get(0))).toList());
  }

  @Test
  void error_endsManyStacks_tellsEachOfItsOwnExitsOnly() {
    List<CompletableFuture<String>> uses =
        IntStream.range(0, MANY)
            .mapToObj(i ->
                AsyncExitStack.manager()
                    .<String>useAsync(stack -> {
                      stack.enterAsync(failingToExit("exit " + i));
                      return reply;
                    }))
            .toList();

    reply.completeExceptionally(lost);

    assertThat(ownErrors(uses)).isEqualTo(exits());
    assertThat(lost.getSuppressed()).hasSize(1);
  }

  @Test
  void reason_isGivenToManyUses_tellsEachOfItsOwnExitOnly() {
    List<CompletableFuture<String>> uses =
        IntStream.range(0, MANY)
            .mapToObj(i ->
                failingToExit("exit " + i)
                    .<String>useAsync(
                        (_, cancellation) -> cancellation.cancelling(new CompletableFuture<>())))
            .toList();

    uses.forEach(use -> use.completeExceptionally(lost));

    assertThat(ownErrors(uses)).isEqualTo(exits());
    assertThat(lost.getSuppressed()).hasSize(1);
  }

  @Test
  void cancellation_endsManyUses_isOneForEach() {
    List<CompletableFuture<String>> uses =
        IntStream.range(0, MANY)
            .mapToObj(i -> failingToExit("exit " + i).<String>useAsync(_ -> reply))
            .toList();

    reply.completeExceptionally(new CancellationException("stopped"));

    assertThat(uses).allMatch(CompletableFuture::isCancelled);
  }

  @Test
  void error_ofAUseThatManyAwait_tellsEachOfItsOwnExitOnly() {
    CompletableFuture<String> session = failingToExit("session").useAsync(_ -> reply);
    List<CompletableFuture<String>> uses =
        IntStream.range(0, MANY)
            .mapToObj(i -> failingToExit("exit " + i).<String>useAsync(_ -> session))
            .toList();

    reply.completeExceptionally(lost);

    List<Throwable> thrown = uses.stream().map(CompletableFuture::exceptionNow).toList();
    assertThat(thrown).filteredOn(error -> error == lost).hasSize(1);
    assertThat(lost.getSuppressed()).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void error_ofANest_isOneAndTheSameWithTheErrorsOfAllExits(Way way) {
    CompletableFuture<String> use =
        failingToExit("outer")
            .useAsync(_ ->
                failingToExit("inner").useAsync(_ -> way.of.apply(reply)).thenApply(text -> text));

    reply.completeExceptionally(lost);

    assertThat(use.exceptionNow()).isSameAs(lost);
    assertThat(lost.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("inner", "outer");
  }

  @Test
  void error_ofANest_thatFailsAtOnce_isOneAndTheSame() {
    CompletableFuture<String> use =
        failingToExit("outer")
            .useAsync((_, _) ->
                failingToExit("inner")
                    .<String>useAsync((_, _) -> CompletableFuture.failedFuture(lost))
                    .thenApply(text -> text));

    assertThat(use.exceptionNow()).isSameAs(lost);
    assertThat(lost.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("inner", "outer");
  }

  @Test
  void error_ofAUseThatIsAwaitedInDirectStyle_isOneAndTheSame(VirtualTime time) {
    var thrown = new CompletableFuture<Throwable>();
    time.start(() ->
        thrown.complete(
            catchThrowable(() ->
                failingToExit("outer")
                    .<String, Exception>use(_ ->
                        Async.<String, Exception>await(
                            failingToExit("inner").useAsync(_ -> reply))))));
    time.settle();

    reply.completeExceptionally(lost);

    assertThat(thrown.join()).isSameAs(lost);
    assertThat(lost.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("inner", "outer");
  }

  @Test
  void error_ofAContextThatClosesAStackOfItsOwn_isOneAndTheSame() {
    AsyncContextManager<String> ofStack =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("x"),
            (_, how) -> {
              AsyncExitStack stack = AsyncExitStack.open();
              stack.deferAsync(() -> CompletableFuture.failedFuture(new IOException("inner")));
              return stack.exitAsync(how);
            });

    CompletableFuture<String> use =
        failingToExit("outer").useAsync(_ -> ofStack.useAsync(_ -> reply));
    reply.completeExceptionally(lost);

    assertThat(use.exceptionNow()).isSameAs(lost);
    assertThat(lost.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("inner", "outer");
  }

  @Test
  void error_whereNothingSaysThatItComesFromInside_isWrappedWithTheExits(VirtualTime time) {
    var inner = failingToExit("inner").useAsync(_ -> reply);
    CompletableFuture<String> later = new CompletableFuture<>();
    CompletableFuture<String> use = failingToExit("outer").useAsync(_ -> later);
    reply.completeExceptionally(lost);

    later.completeExceptionally(lost);

    assertThat(inner.exceptionNow()).isSameAs(lost);
    assertThat(lost.getSuppressed()).extracting(Throwable::getMessage).containsExactly("inner");
    assertThat(use.exceptionNow()).hasCause(lost);
    assertThat(use.exceptionNow().getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("outer");
  }

  private static AsyncContextManager<String> failingToExit(String message) {
    return failingToExit(message, Carrier.STAGE_COMPLETE);
  }

  private static AsyncContextManager<String> failingToExit(String message, Carrier carrier) {
    return AsyncContextManager.closing(
        () -> CompletableFuture.completedFuture("x"),
        _ -> carrier.step(() -> Probe.raise(new IOException(message))));
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
