package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is done about what takes too long; real time is what it is about. */
class BoundTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofHours(1);

  private final Journal journal = new Journal();
  private final CompletableFuture<Thread> acted = new CompletableFuture<>();
  private final IOException lost = new IOException("lost");

  private void act() {
    journal.add("act");
    acted.complete(Thread.currentThread());
  }

  @Test
  void on_futureTakesTooLong_actsOnAVirtualThread() throws Exception {
    Bound.on(new CompletableFuture<>(), SHORT, this::act);

    assertThat(acted.get(10, TimeUnit.SECONDS).isVirtual()).isTrue();
  }

  @Test
  void on_futureIsDone_doesNothing() throws Exception {
    Bound.on(CompletableFuture.completedFuture(null), Duration.ZERO, this::act);
    Bound.after(SHORT, () -> acted.complete(Thread.currentThread()));

    acted.get(10, TimeUnit.SECONDS);
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void on_futureEndsInTime_doesNothing() throws Exception {
    var watched = new CompletableFuture<String>();
    Bound.on(watched, Duration.ofMillis(200), this::act);
    watched.complete("in time");
    Bound.after(Duration.ofMillis(400), () -> acted.complete(Thread.currentThread()));

    acted.get(10, TimeUnit.SECONDS);
    assertThat(journal.events()).isEmpty();
  }

  /** The clock only starts a thread, and that one may come late. */
  @Test
  void on_futureEndsAsItsTimeIsOver_doesNothing() throws Exception {
    var looked = new CompletableFuture<Thread>();
    var watched =
        new CompletableFuture<String>() {
          private final AtomicInteger looks = new AtomicInteger();

          // Isn't done when the bound is set, and is when it looks again.
          @Override
          public boolean isDone() {
            boolean isFirst = looks.incrementAndGet() == 1;
            if (!isFirst) {
              looked.complete(Thread.currentThread());
            }
            return !isFirst;
          }
        };
    Bound.on(watched, SHORT, this::act);

    ((Thread) CompletableFuture.anyOf(looked, acted).get(10, TimeUnit.SECONDS)).join();
    assertThat(journal.events()).isEmpty();
  }

  /** Actions block, and others must not wait for that. */
  @Test
  void after_anActionBlocks_othersRunAllTheSame() throws Exception {
    var blocked = new CompletableFuture<Void>();
    Bound.after(SHORT, blocked::join);
    Bound.after(SHORT.multipliedBy(2), this::act);

    acted.get(10, TimeUnit.SECONDS);
    blocked.complete(null);
  }

  @Test
  void after_isCancelled_doesNothing() throws Exception {
    Future<?> timer = Bound.after(Duration.ofMillis(200), this::act);
    timer.cancel(false);
    Bound.after(Duration.ofMillis(400), () -> acted.complete(Thread.currentThread()));

    acted.get(10, TimeUnit.SECONDS);
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void within_callIsDone_isTheCallItself() {
    CompletableFuture<String> call = CompletableFuture.completedFuture("done");

    assertThat(Bound.within(SHORT, call, this::act, () -> lost)).isSameAs(call);
  }

  @Test
  void within_callEndsInTime_isToldSo() {
    var call = new CompletableFuture<String>();
    CompletableFuture<String> told = Bound.within(LONG, call, this::act, () -> lost);

    call.complete("in time");

    assertThat(told).isCompletedWithValue("in time");
    assertThat(journal.events()).isEmpty();
  }

  /** It is the call that tells what the abort came to. */
  @Test
  void within_callEndsAsItIsAborted_failsAsTheCallDoes() throws Exception {
    var call = new CompletableFuture<String>();
    var closed = new IOException("closed");
    CompletableFuture<String> told =
        Bound.within(
            SHORT,
            call,
            () -> {
              act();
              call.completeExceptionally(closed);
            },
            () -> lost);

    assertThat(told.handle((_, error) -> error).get(10, TimeUnit.SECONDS)).hasRootCause(closed);
    assertThat(journal.events()).containsExactly("act");
  }

  @Test
  void within_callTakesNoNoticeOfTheAbort_isLostAWhileLater() throws Exception {
    CompletableFuture<String> told =
        Bound.within(SHORT, new CompletableFuture<>(), this::act, () -> lost);
    acted.get(10, TimeUnit.SECONDS);

    assertThat(told).isNotDone();
    assertThat(told.handle((_, error) -> error).get(10, TimeUnit.SECONDS)).isSameAs(lost);
    assertThat(journal.events()).containsExactly("act");
  }

  @Test
  void shorter_ofTwo_isTheShorterOne() {
    assertThat(Bound.shorter(SHORT, LONG)).isSameAs(SHORT);
    assertThat(Bound.shorter(LONG, SHORT)).isSameAs(SHORT);
  }
}
