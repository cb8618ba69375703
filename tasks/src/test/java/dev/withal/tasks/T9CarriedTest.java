package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncExitStack;
import dev.withal.CallerState;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** T9: a task carries what the thread carries that begins it. */
@ExtendWith(LeakCheck.class)
class T9CarriedTest {
  private static final ThreadLocal<String> KEY = new ThreadLocal<>();

  /** Carries a key, found as a service. */
  public static final class Key implements CallerState {
    @Override
    public @Nullable Snapshot capture() {
      String key = KEY.get();
      return key == null
          ? null
          : () -> {
            String before = KEY.get();
            KEY.set(key);
            return before == null ? KEY::remove : () -> KEY.set(before);
          };
    }
  }

  @Test
  void tasks_ofEitherStyle_carryTheKeyOfTheirBeginner(VirtualTime time) throws Exception {
    List<String> seen =
        Tasks.group()
            .use(group -> {
              KEY.set("forker");
              CompletableFuture<String> forked = group.fork(KEY::get);
              KEY.set("starter");
              CompletableFuture<String> started =
                  group.start(_ -> CompletableFuture.completedFuture(KEY.get()));
              KEY.remove();
              return List.of(Async.await(forked), Async.await(started));
            });

    assertThat(seen).containsExactly("forker", "starter");
    assertThat(KEY.get()).isNull();
  }

  @Test
  void tasks_ofEitherStyleThatAnExitBegins_arePartOfIt(VirtualTime time) throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.deferAsync(() ->
        Tasks.group()
            .useAsync(group -> {
              CompletableFuture<String> forked =
                  group.fork(() -> {
                    stack.close();
                    return "forked";
                  });
              return group
                  .start(_ -> Async.sleepAsync(Duration.ofMillis(1)))
                  .thenCompose(_ -> stack.closeAsync())
                  .thenCompose(_ -> forked);
            }));
    stack.succeeded();

    time.await(stack.closeAsync());

    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(1));
  }
}
