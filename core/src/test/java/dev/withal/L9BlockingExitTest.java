package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * L9: an exit that blocks on the calling thread is shielded while it waits, and nothing else is.
 */
@ExtendWith(LeakCheck.class)
class L9BlockingExitTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Both sleep for a second in their exit. */
  enum Kind {
    GENERATOR,
    SYNCHRONOUS;

    AsyncContextManager<String> manager(Journal journal) {
      return switch (this) {
        case GENERATOR ->
            AsyncContextManager.generator(yield -> {
              try {
                yield.value("value");
              } finally {
                Async.sleep(SECOND);
                journal.add("exited");
              }
            });
        case SYNCHRONOUS ->
            ContextManager.<AutoCloseable>closing(() ->
                    () -> {
                      Async.sleep(SECOND);
                      journal.add("exited");
                    })
                .async()
                .map(_ -> "value");
      };
    }
  }

  private final Journal journal = new Journal();

  @ParameterizedTest
  @EnumSource
  void interrupt_whileItExits_isRememberedAndSetAgain(Kind kind, VirtualTime time)
      throws Exception {
    var flag = new CompletableFuture<Boolean>();
    Thread thread =
        time.start(() -> {
          journal.add("result " + call(() -> kind.manager(journal).use(value -> value)));
          flag.complete(Thread.interrupted());
        });
    time.advance(SECOND.dividedBy(2));

    time.interrupt(thread);

    assertThat(time.await(flag)).isTrue();
    assertThat(time.elapsed()).isEqualTo(SECOND);
    assertThat(journal.events()).containsExactly("exited", "result value");
  }

  @ParameterizedTest
  @EnumSource
  void flag_nobodyInterrupts_staysClear(Kind kind, VirtualTime time) throws Exception {
    String result = kind.manager(journal).<String, Exception>use(value -> value);

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(result).isEqualTo("value");
  }

  @ParameterizedTest
  @EnumSource
  void interrupt_ofAWaitAfterTheExit_endsIt(Kind kind, VirtualTime time) throws Exception {
    kind.manager(journal).<String, Exception>use(value -> value);

    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> Async.sleep(SECOND)).isExactlyInstanceOf(InterruptedException.class);
    assertThat(time.elapsed()).isEqualTo(SECOND);
  }

  private static <T> T call(Callable<T> call) {
    try {
      return call.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
