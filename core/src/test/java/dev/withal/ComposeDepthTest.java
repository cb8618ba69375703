package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Chains of a length that no stack has frames for. */
@Tag("slow")
@ExtendWith(LeakCheck.class)
class ComposeDepthTest {
  private static final int MANY = 200_000;

  /** Each enter costs a walk of the stack, as a leak check watches. */
  private static final int FEWER = 20_000;

  private final Tower tower = new Tower();

  @Test
  void map_veryOften_inStageStyle_needsNoStack() {
    AsyncContextManager<Integer> chain = mapped(MANY);

    assertThat(chain.useAsync(CompletableFuture::completedFuture)).isCompletedWithValue(MANY);
  }

  @Test
  void map_veryOften_inDirectStyle_needsNoStack() throws Exception {
    AsyncContextManager<Integer> chain = mapped(MANY);

    int result = chain.<Integer, Exception>use(value -> value);

    assertThat(result).isEqualTo(MANY);
  }

  @Test
  void map_veryOften_onAStack_needsNoStack() throws Exception {
    AsyncContextManager<Integer> chain = mapped(MANY);

    int result = AsyncExitStack.manager().<Integer, Exception>use(stack -> stack.enter(chain));

    assertThat(result).isEqualTo(MANY);
  }

  @Test
  void flatMap_ofALongChain_inStageStyleCompleteAtOnce_needsNoStack() {
    CompletableFuture<Integer> result = leftNested(FEWER, Runnable::run).useAsync(tower::atTheTop);

    assertThat(result).isCompletedWithValue(FEWER);
    tower.assertTornDown(FEWER);
  }

  @Test
  void flatMap_insideItself_inStageStyleCompleteAtOnce_needsNoStack() {
    CompletableFuture<Integer> result = rightNested(FEWER, Runnable::run).useAsync(tower::atTheTop);

    assertThat(result).isCompletedWithValue(FEWER);
    tower.assertTornDown(FEWER);
  }

  @Test
  void flatMap_ofALongChain_inStageStyleCompletedLater_needsNoStack() {
    var executor = new ManualExecutor();
    CompletableFuture<Integer> result = leftNested(FEWER, executor).useAsync(tower::atTheTop);

    executor.runAll();

    assertThat(result).isCompletedWithValue(FEWER);
    tower.assertTornDown(FEWER);
  }

  @Test
  void flatMap_insideItself_inStageStyleCompletedLater_needsNoStack() {
    var executor = new ManualExecutor();
    CompletableFuture<Integer> result = rightNested(FEWER, executor).useAsync(tower::atTheTop);

    executor.runAll();

    assertThat(result).isCompletedWithValue(FEWER);
    tower.assertTornDown(FEWER);
  }

  @Test
  void flatMap_ofALongChain_inDirectStyle_needsNoStack() throws Exception {
    int result = leftNested(FEWER, Runnable::run).<Integer, Exception>use(value -> value);

    assertThat(result).isEqualTo(FEWER);
    tower.assertTornDown(FEWER);
  }

  @Test
  void flatMap_insideItself_inDirectStyle_needsNoStack() throws Exception {
    int result = rightNested(FEWER, Runnable::run).<Integer, Exception>use(value -> value);

    assertThat(result).isEqualTo(FEWER);
    tower.assertTornDown(FEWER);
  }

  @Test
  void flatMap_ofALongChain_onAStack_needsNoStack() throws Exception {
    int result =
        AsyncExitStack.manager()
            .<Integer, Exception>use(stack -> stack.enter(leftNested(FEWER, Runnable::run)));

    assertThat(result).isEqualTo(FEWER);
    tower.assertTornDown(FEWER);
  }

  @Test
  void flatMap_insideItself_onAStack_needsNoStack() throws Exception {
    int result =
        AsyncExitStack.manager()
            .<Integer, Exception>use(stack -> stack.enter(rightNested(FEWER, Runnable::run)));

    assertThat(result).isEqualTo(FEWER);
    tower.assertTornDown(FEWER);
  }

  @Test
  void flatMap_cancelledAtTheTop_tearsDownWithoutStack() {
    var executor = new ManualExecutor();
    var body = new CompletableFuture<Integer>();
    CompletableFuture<Integer> result =
        rightNested(FEWER, executor).useAsync((_, cancellation) -> cancellation.cancelling(body));
    executor.runAll();

    result.cancel(true);
    executor.runAll();

    assertThat(result).isCancelled();
    tower.assertTornDown(FEWER);
  }

  private static AsyncContextManager<Integer> mapped(int times) {
    AsyncContextManager<Integer> chain = AsyncContextManager.ofValue(0);
    for (int i = 0; i < times; i++) {
      chain = chain.map(value -> value + 1);
    }
    return chain;
  }

  /** {@code ((a flatMap b) flatMap c) …} */
  private AsyncContextManager<Integer> leftNested(int depth, Executor executor) {
    AsyncContextManager<Integer> chain = tower.storey(executor);
    Function<Integer, AsyncContextManager<Integer>> next = _ -> tower.storey(executor);
    for (int i = 1; i < depth; i++) {
      chain = chain.flatMap(next);
    }
    return chain;
  }

  /** {@code a flatMap (b flatMap (c …))} */
  private AsyncContextManager<Integer> rightNested(int depth, Executor executor) {
    return tower
        .storey(executor)
        .flatMap(height ->
            height == depth ? AsyncContextManager.ofValue(height) : rightNested(depth, executor));
  }

  /** Contexts that are one on top of the other; the value of each is how high it is. */
  private static final class Tower {
    private int highest;
    private int height;
    private int outOfOrder;

    AsyncContextManager<Integer> storey(Executor executor) {
      return () -> CompletableFuture.supplyAsync(() -> new Storey(++height, executor), executor);
    }

    CompletableFuture<Integer> atTheTop(int value) {
      return CompletableFuture.completedFuture(value);
    }

    void assertTornDown(int depth) {
      assertThat(highest).isEqualTo(depth);
      assertThat(height).isZero();
      assertThat(outOfOrder).isZero();
    }

    private final class Storey implements AsyncContext<Integer> {
      private final int own;
      private final Executor executor;

      Storey(int own, Executor executor) {
        this.own = own;
        this.executor = executor;
        highest = Math.max(highest, own);
      }

      @Override
      public Integer value() {
        return own;
      }

      @Override
      public CompletionStage<Verdict> exitAsync(ExitCase how) {
        return CompletableFuture.supplyAsync(
            () -> {
              if (own != height) {
                outOfOrder++;
              }
              height--;
              return Verdict.PROPAGATE;
            },
            executor);
      }
    }
  }
}
