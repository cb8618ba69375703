package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.EventLoopThread;
import dev.withal.testkit.VirtualTime;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Exits of a stack that are plain code, which may block, beside exits that are stages; {@link
 * ExitStackPlainErrorsTest} has what that comes to.
 */
class ExitStackPlainTest extends PlainExits {
  private static final String[] ALL = {
    "adoptAsync text",
    "adopt text",
    "close",
    "deferAsync",
    "defer",
    "pushAsync succeeded",
    "push succeeded"
  };

  private void fill(AsyncExitStack stack) {
    stack.push(how -> {
      note("push " + Probe.describe(how));
      return Verdict.PROPAGATE;
    });
    stack.pushAsync(how -> {
      journal.add("pushAsync " + Probe.describe(how));
      return Verdict.PROPAGATE.now();
    });
    stack.defer(() -> note("defer"));
    stack.deferAsync(() -> {
      journal.add("deferAsync");
      return Async.sleepAsync(Carrier.STEP);
    });
    stack.adopt(new Connection());
    stack.adopt("text", value -> note("adopt " + value));
    stack.adoptAsync(
        "text",
        value -> {
          journal.add("adoptAsync " + value);
          return completedFuture(null);
        });
  }

  // ---- order and threads -----------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void entries_ofBothForms_areExitedInReverseOrder(Style style, VirtualTime time) throws Exception {
    style.use(time, this::fill);

    assertThat(journal.events()).containsExactly(ALL);
  }

  @Test
  void entries_inDirectStyle_areExitedByTheUsersThread(VirtualTime time) throws Exception {
    Style.DIRECT.use(time, this::fill);

    assertThat(threads).hasSize(4).containsOnly(Thread.currentThread());
  }

  @Test
  void entries_ofAStackThatIsClosed_areExitedByTheClosingThread(VirtualTime time) throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    fill(stack);
    stack.succeeded();

    Thread closing = time.start(stack::close);
    time.advance(Carrier.STEP);

    assertThat(journal.events()).containsExactly(ALL);
    assertThat(threads).hasSize(4).containsOnly(closing);
  }

  @Test
  void entries_inStageStyle_areExitedByVirtualThreadsOfTheirOwn(VirtualTime time) throws Exception {
    Style.STAGE.use(time, this::fill);

    assertThat(threads)
        .hasSize(4)
        .allMatch(Thread::isVirtual)
        .doesNotContain(Thread.currentThread())
        .doesNotHaveDuplicates();
  }

  @Test
  void entries_ofAMovedStack_areExitedByTheHeir(VirtualTime time) throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    fill(stack);
    AsyncExitStack heir = stack.popAll();
    heir.succeeded();

    stack.close();
    assertThat(journal.events()).isEmpty();
    time.await(heir.closeAsync());

    assertThat(journal.events()).containsExactly(ALL);
  }

  @Test
  void release_thatBlocks_doesNotBlockACloseInStageStyle(VirtualTime time) throws Exception {
    var released = new CompletableFuture<Void>();
    AsyncExitStack stack = AsyncExitStack.open();
    stack.defer(() -> Async.await(released));
    stack.succeeded();

    CompletableFuture<Void> closed = stack.closeAsync();
    time.settle();
    assertThat(closed).isNotDone();
    released.complete(null);

    assertThat(time.<Object>await(closed)).isNull();
  }

  @Test
  void release_ofAStackThatAnEventLoopCloses_mayBlock(VirtualTime time) throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.defer(() -> Async.sleep(Carrier.STEP));
    stack.succeeded();
    var closed = new CompletableFuture<CompletableFuture<Void>>();
    var loop = new EventLoopThread(() -> closed.complete(stack.closeAsync()), "loop");
    loop.start();
    loop.join();

    time.await(closed.resultNow());

    assertThat(time.elapsed()).isEqualTo(Carrier.STEP);
  }

  @Test
  void release_isInterruptedFromElsewhere_goesOn(VirtualTime time) {
    Thread user =
        time.start(() -> {
          journal.add(
              "threw "
                  + catchThrowable(() ->
                      AsyncExitStack.manager()
                          .run(stack ->
                              stack.defer(() -> {
                                Async.sleep(Carrier.STEP);
                                journal.add("released");
                              }))));
          journal.add("flag " + Thread.currentThread().isInterrupted());
        });
    time.settle();

    time.interrupt(user);
    time.advance(Carrier.STEP);

    assertThat(journal.events()).containsExactly("released", "threw null", "flag true");
  }

  @ParameterizedTest
  @EnumSource
  void release_closesItsOwnStack_endsAtOnce(Style style, VirtualTime time) throws Exception {
    style.use(
        time,
        stack -> {
          stack.defer(() -> journal.add("first"));
          stack.defer(stack::close);
          stack.adopt(stack, AsyncExitStack::close);
        });

    assertThat(journal.events()).containsExactly("first");
    assertThat(time.elapsed()).isZero();
  }
}
