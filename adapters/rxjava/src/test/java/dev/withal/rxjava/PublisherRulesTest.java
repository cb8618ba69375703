package dev.withal.rxjava;

import static org.reactivestreams.FlowAdapters.toFlowPublisher;

import dev.withal.adapters.testing.PublisherRules;
import io.reactivex.rxjava3.core.Flowable;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Our publishers keep the rules of Reactive Streams (§1, §3), as its own test kit checks them. */
class PublisherRulesTest {
  @TestFactory
  Stream<DynamicTest> flowable_keepsTheRules() {
    return PublisherRules.of(
        Long.MAX_VALUE,
        n -> toFlowPublisher(WithalRxJava.flowable(PublisherRules.AT_ONCE, _ -> elements(n))),
        toFlowPublisher(
            WithalRxJava.flowable(
                PublisherRules.AT_ONCE, _ -> Flowable.error(PublisherRules::failure))));
  }

  @TestFactory
  Stream<DynamicTest> flowableOfAContextThatTakesItsTime_keepsTheRules() {
    return PublisherRules.of(
        Long.MAX_VALUE,
        n -> toFlowPublisher(WithalRxJava.flowable(PublisherRules.SLOW, _ -> elements(n))),
        toFlowPublisher(
            WithalRxJava.flowable(
                PublisherRules.SLOW, _ -> Flowable.error(PublisherRules::failure))));
  }

  private static Flowable<Integer> elements(long n) {
    return Flowable.range(0, (int) Math.min(n, Integer.MAX_VALUE));
  }
}
