package dev.withal.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.adapters.testing.StormStories;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Uses that are cancelled at random moments. */
class StormTest extends StormStories<Mono<Integer>> {

  StormTest() {
    super(new ReactorLibrary());
  }

  /** Shows that the storm finds leaks. */
  @Test
  void cancels_ofUsingWhen_leak() throws Exception {
    storm.run(
        Mono.usingWhen(storm.acquire(), _ -> storm.aMillisecond(), _ -> storm.release()), 1_000);

    assertThat(storm.leaks()).isPositive();
  }
}
