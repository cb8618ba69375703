package dev.withal.reactor;

import static org.reactivestreams.FlowAdapters.toFlowPublisher;

import dev.withal.adapters.testing.PublisherRules;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Our publishers keep the rules of Reactive Streams (§1, §3), as its own test kit checks them. */
class PublisherRulesTest {
  @TestFactory
  Stream<DynamicTest> flux_keepsTheRules() {
    return PublisherRules.of(
        Long.MAX_VALUE,
        n -> toFlowPublisher(WithalReactor.flux(PublisherRules.AT_ONCE, _ -> elements(n))),
        toFlowPublisher(
            WithalReactor.flux(PublisherRules.AT_ONCE, _ -> Flux.error(PublisherRules::failure))));
  }

  @TestFactory
  Stream<DynamicTest> fluxOfAContextThatTakesItsTime_keepsTheRules() {
    return PublisherRules.of(
        Long.MAX_VALUE,
        n -> toFlowPublisher(WithalReactor.flux(PublisherRules.SLOW, _ -> elements(n))),
        toFlowPublisher(
            WithalReactor.flux(PublisherRules.SLOW, _ -> Flux.error(PublisherRules::failure))));
  }

  @TestFactory
  Stream<DynamicTest> mono_keepsTheRules() {
    return PublisherRules.of(
        1,
        n ->
            toFlowPublisher(
                WithalReactor.mono(PublisherRules.SLOW, _ -> n == 0 ? Mono.empty() : Mono.just(1))),
        toFlowPublisher(
            WithalReactor.mono(PublisherRules.SLOW, _ -> Mono.error(PublisherRules::failure))));
  }

  private static Flux<Integer> elements(long n) {
    return Flux.range(0, (int) Math.min(n, Integer.MAX_VALUE));
  }
}
