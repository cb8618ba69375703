package dev.withal.reactor;

import dev.withal.adapters.testing.DepthStories;
import reactor.core.publisher.Mono;

/** Uses inside each other, at any depth. */
class DepthTest extends DepthStories<Mono<Integer>> {

  DepthTest() {
    super(new ReactorLibrary());
  }
}
