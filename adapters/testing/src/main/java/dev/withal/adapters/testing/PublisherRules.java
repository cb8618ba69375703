package dev.withal.adapters.testing;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Flow;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.SkipException;

/** The rules of Reactive Streams (§1, §3) for publishers, as its own test kit checks them. */
public final class PublisherRules {
  private static final Duration LATER = Duration.ofMillis(2);

  /** A manager that takes no time. */
  public static final AsyncContextManager<String> AT_ONCE = AsyncContextManager.ofValue("c");

  /** One that does. */
  public static final AsyncContextManager<String> SLOW =
      AsyncContextManager.closing(
          () -> Async.sleepAsync(LATER).thenApply(_ -> "c"), _ -> Async.sleepAsync(LATER));

  private PublisherRules() {}

  /**
   * {@return a test for each rule}
   *
   * @param most how many elements the publisher has at the most
   * @param publisher makes one of so many elements
   * @param failed one that fails
   */
  public static Stream<DynamicTest> of(
      long most, LongFunction<Flow.Publisher<Integer>> publisher, Flow.Publisher<Integer> failed) {
    return Arrays.stream(FlowPublisherVerification.class.getMethods())
        .filter(rule -> rule.getName().matches("(required|optional)_.*"))
        .map(rule ->
            dynamicTest(
                rule.getName(), () -> new Verification(most, publisher, failed).check(rule)));
  }

  /** {@return the error of publishers that fail} */
  public static RuntimeException failure() {
    return new IllegalStateException("the body fails");
  }

  private static final class Verification extends FlowPublisherVerification<Integer> {
    private final long most;
    private final LongFunction<Flow.Publisher<Integer>> publisher;
    private final Flow.Publisher<Integer> failed;

    Verification(
        long most,
        LongFunction<Flow.Publisher<Integer>> publisher,
        Flow.Publisher<Integer> failed) {
      super(new TestEnvironment(700, 20));
      this.most = most;
      this.publisher = publisher;
      this.failed = failed;
    }

    void check(Method rule) throws Throwable {
      // What must happen eventually is looked for once by the kit, after some time. A busy machine
      // may need more of it.
      int tries = rule.getName().contains("Eventually") ? 5 : 1;
      while (tries > 0) {
        try {
          setUp();
          rule.invoke(this);
          return;
        } catch (InvocationTargetException e) {
          // The kit skips the rules of more elements than there are.
          if (e.getCause() instanceof SkipException) {
            return;
          }
          tries--;
          if (tries == 0) {
            throw e.getCause();
          }
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
