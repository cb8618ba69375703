package dev.withal.reactor;

import dev.withal.adapters.testing.TreeStories;
import reactor.core.publisher.Mono;

/** Random trees of uses in operators of the library. */
class TreesTest extends TreeStories<Mono<Integer>> {

  TreesTest() {
    super(new ReactorLibrary());
  }
}
