package dev.withal.reactor;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Our publishers keep the rules of Reactive Streams (§1, §3), as its own test kit checks them. */
class PublisherRulesTest {
  private static final Duration LATER = Duration.ofMillis(2);

  private static final AsyncContextManager<String> AT_ONCE = AsyncContextManager.ofValue("c");
  private static final AsyncContextManager<String> SLOW =
      AsyncContextManager.closing(
          () -> Async.sleepAsync(LATER).thenApply(_ -> "c"), _ -> Async.sleepAsync(LATER));

  @TestFactory
  Stream<DynamicTest> flux_keepsTheRules() {
    return rules(
        Long.MAX_VALUE,
        n -> WithalReactor.flux(AT_ONCE, _ -> elements(n)),
        WithalReactor.flux(AT_ONCE, _ -> Flux.error(PublisherRulesTest::failure)));
  }

  @TestFactory
  Stream<DynamicTest> fluxOfAContextThatTakesItsTime_keepsTheRules() {
    return rules(
        Long.MAX_VALUE,
        n -> WithalReactor.flux(SLOW, _ -> elements(n)),
        WithalReactor.flux(SLOW, _ -> Flux.error(PublisherRulesTest::failure)));
  }

  @TestFactory
  Stream<DynamicTest> mono_keepsTheRules() {
    return rules(
        1,
        n -> WithalReactor.mono(SLOW, _ -> n == 0 ? Mono.empty() : Mono.just(1)),
        WithalReactor.mono(SLOW, _ -> Mono.error(PublisherRulesTest::failure)));
  }

  private static RuntimeException failure() {
    return new IllegalStateException("the body fails");
  }

  private static Flux<Integer> elements(long n) {
    return Flux.range(0, (int) Math.min(n, Integer.MAX_VALUE));
  }

  private static Stream<DynamicTest> rules(
      long most, LongFunction<Publisher<Integer>> publisher, Publisher<Integer> failed) {
    return Arrays.stream(PublisherVerification.class.getMethods())
        .filter(rule -> rule.getName().matches("(required|optional)_.*"))
        .map(rule ->
            dynamicTest(rule.getName(), () -> new Rules(most, publisher, failed).check(rule)));
  }

  private static final class Rules extends PublisherVerification<Integer> {
    private final long most;
    private final LongFunction<Publisher<Integer>> publisher;
    private final Publisher<Integer> failed;

    Rules(long most, LongFunction<Publisher<Integer>> publisher, Publisher<Integer> failed) {
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
    public Publisher<Integer> createPublisher(long elements) {
      return publisher.apply(elements);
    }

    @Override
    public Publisher<Integer> createFailedPublisher() {
      return failed;
    }

    @Override
    public long maxElementsFromPublisher() {
      return most;
    }
  }
}
