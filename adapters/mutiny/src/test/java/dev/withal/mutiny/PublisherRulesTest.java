package dev.withal.mutiny;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import io.smallrye.mutiny.Multi;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Flow;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.SkipException;

/** Our publishers keep the rules of Reactive Streams (§1, §3), as its own test kit checks them. */
class PublisherRulesTest {
  private static final Duration LATER = Duration.ofMillis(2);

  private static final AsyncContextManager<String> AT_ONCE = AsyncContextManager.ofValue("c");
  private static final AsyncContextManager<String> SLOW =
      AsyncContextManager.closing(
          () -> Async.sleepAsync(LATER).thenApply(_ -> "c"), _ -> Async.sleepAsync(LATER));

  @TestFactory
  Stream<DynamicTest> multi_keepsTheRules() {
    return rules(
        Long.MAX_VALUE,
        n -> WithalMutiny.multi(AT_ONCE, _ -> elements(n)),
        WithalMutiny.multi(AT_ONCE, _ -> Multi.createFrom().failure(PublisherRulesTest::failure)));
  }

  @TestFactory
  Stream<DynamicTest> multiOfAContextThatTakesItsTime_keepsTheRules() {
    return rules(
        Long.MAX_VALUE,
        n -> WithalMutiny.multi(SLOW, _ -> elements(n)),
        WithalMutiny.multi(SLOW, _ -> Multi.createFrom().failure(PublisherRulesTest::failure)));
  }

  private static RuntimeException failure() {
    return new IllegalStateException("the body fails");
  }

  private static Multi<Integer> elements(long n) {
    return Multi.createFrom().range(0, (int) Math.min(n, Integer.MAX_VALUE));
  }

  private static Stream<DynamicTest> rules(
      long most, LongFunction<Flow.Publisher<Integer>> publisher, Flow.Publisher<Integer> failed) {
    return Arrays.stream(FlowPublisherVerification.class.getMethods())
        .filter(rule -> rule.getName().matches("(required|optional)_.*"))
        .map(rule ->
            dynamicTest(rule.getName(), () -> new Rules(most, publisher, failed).check(rule)));
  }

  private static final class Rules extends FlowPublisherVerification<Integer> {
    private final long most;
    private final LongFunction<Flow.Publisher<Integer>> publisher;
    private final Flow.Publisher<Integer> failed;

    Rules(
        long most,
        LongFunction<Flow.Publisher<Integer>> publisher,
        Flow.Publisher<Integer> failed) {
      super(new TestEnvironment(700, 20));
      this.most = most;
      this.publisher = publisher;
      this.failed = failed;
    }

    void check(Method rule) throws Throwable {
      try {
        setUp();
        rule.invoke(this);
      } catch (InvocationTargetException e) {
        // The kit skips the rules of more elements than there are.
        if (!(e.getCause() instanceof SkipException)) {
          throw e.getCause();
        }
      }
    }

    @Override
    public Flow.Publisher<Integer> createFlowPublisher(long elements) {
      return publisher.apply(elements);
    }

    @Override
    public Flow.Publisher<Integer> createFailedFlowPublisher() {
      return failed;
    }

    @Override
    public long maxElementsFromPublisher() {
      return most;
    }
  }
}
