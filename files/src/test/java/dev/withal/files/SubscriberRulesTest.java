package dev.withal.files;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;

/** The rules for subscribers, as the kit of Reactive Streams tests them. */
class SubscriberRulesTest {

  @TestFactory
  Stream<DynamicTest> written_keepsTheRules() {
    return Arrays.stream(FlowSubscriberBlackboxVerification.class.getMethods())
        .filter(rule -> rule.getName().startsWith("required_"))
        .map(rule ->
            dynamicTest(
                rule.getName(),
                () -> {
                  var rules = new Rules();
                  rules.startPublisherExecutorService();
                  try {
                    rules.setUp();
                    rule.invoke(rules);
                  } catch (InvocationTargetException failure) {
                    throw failure.getCause();
                  } finally {
                    rules.shutdownPublisherExecutorService();
                  }
                }));
  }

  private static final class Rules extends FlowSubscriberBlackboxVerification<String> {
    private Flow.Subscriber<? super String> subscriber;

    Rules() {
      super(new TestEnvironment(500, 20));
    }

    @Override
    public Flow.Subscriber<String> createFlowSubscriber() {
      Written.<String>start(
          given -> subscriber = given, _ -> 1, _ -> CompletableFuture.completedFuture(null));
      @SuppressWarnings("unchecked") // it takes any string
      var own = (Flow.Subscriber<String>) subscriber;
      return own;
    }

    @Override
    public String createElement(int element) {
      return "line " + element;
    }
  }
}
