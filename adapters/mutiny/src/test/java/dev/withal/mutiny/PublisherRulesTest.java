package dev.withal.mutiny;

import dev.withal.adapters.testing.PublisherRules;
import io.smallrye.mutiny.Multi;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Our publishers keep the rules of Reactive Streams (§1, §3), as its own test kit checks them. */
class PublisherRulesTest {
  @TestFactory
  Stream<DynamicTest> multi_keepsTheRules() {
    return PublisherRules.of(
        Long.MAX_VALUE,
        n -> WithalMutiny.multi(PublisherRules.AT_ONCE, _ -> elements(n)),
        WithalMutiny.multi(
            PublisherRules.AT_ONCE, _ -> Multi.createFrom().failure(PublisherRules::failure)));
  }

  @TestFactory
  Stream<DynamicTest> multiOfAContextThatTakesItsTime_keepsTheRules() {
    return PublisherRules.of(
        Long.MAX_VALUE,
        n -> WithalMutiny.multi(PublisherRules.SLOW, _ -> elements(n)),
        WithalMutiny.multi(
            PublisherRules.SLOW, _ -> Multi.createFrom().failure(PublisherRules::failure)));
  }

  private static Multi<Integer> elements(long n) {
    return Multi.createFrom().range(0, (int) Math.min(n, Integer.MAX_VALUE));
  }
}
