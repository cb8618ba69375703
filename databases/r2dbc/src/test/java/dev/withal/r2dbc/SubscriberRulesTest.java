package dev.withal.r2dbc;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.withal.testkit.Journal;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.TestEnvironment;

/** Our subscribers keep the rules of Reactive Streams (§2), as its own test kit checks them. */
class SubscriberRulesTest {

  @TestFactory
  Stream<DynamicTest> completion_ofElements_keepsTheRules() {
    return rules(R2dbc::completion, () -> "element");
  }

  @TestFactory
  Stream<DynamicTest> step_ofAContext_keepsTheRules() {
    return rules(step -> Step.take(() -> step), () -> "element");
  }

  @TestFactory
  Stream<DynamicTest> rowsUpdated_ofAResult_keepsTheRules() {
    return rules(
        rows -> {
          var results = new ManualPublisher<ManualResult>(new Journal());
          R2dbc.rowsUpdated(results);
          results.emit(new ManualResult(rows));
        },
        () -> 1L);
  }

  @TestFactory
  Stream<DynamicTest> connection_opening_keepsTheRules() throws InterruptedException {
    Connection connection =
        new Recorder(ConnectionFactories.get("r2dbc:h2:mem:///rules"), new Journal()).open();
    return rules(
        connections -> {
          var _ = R2dbc.connection(new ManualFactory(connections)).enterAsync();
        },
        () -> connection);
  }

  private static <T> Stream<DynamicTest> rules(
      Consumer<Publisher<T>> subscribing, Supplier<T> element) {
    return Arrays.stream(SubscriberBlackboxVerification.class.getMethods())
        .filter(rule -> rule.getName().startsWith("required_"))
        .map(rule ->
            dynamicTest(rule.getName(), () -> new Rules<>(subscribing, element).check(rule)));
  }

  private static final class Rules<T> extends SubscriberBlackboxVerification<T> {
    private final Consumer<Publisher<T>> subscribing;
    private final Supplier<T> element;

    Rules(Consumer<Publisher<T>> subscribing, Supplier<T> element) {
      super(new TestEnvironment(1000, 50));
      this.subscribing = subscribing;
      this.element = element;
    }

    void check(Method rule) throws Throwable {
      startPublisherExecutorService();
      try {
        setUp();
        rule.invoke(this);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      } finally {
        shutdownPublisherExecutorService();
      }
    }

    @Override
    public Subscriber<T> createSubscriber() {
      var created = new Holder<T>();
      subscribing.accept(created);
      return created.subscriber;
    }

    @Override
    public T createElement(int number) {
      return element.get();
    }
  }

  /** Keeps the subscriber for the test kit. */
  private static final class Holder<T> implements Publisher<T> {
    Subscriber<T> subscriber;

    @Override
    @SuppressWarnings("unchecked") // it takes any T
    public void subscribe(Subscriber<? super T> subscriber) {
      this.subscriber = (Subscriber<T>) subscriber;
    }
  }
}
