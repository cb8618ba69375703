package dev.withal.mutiny;

import dev.withal.adapters.testing.DepthStories;
import io.smallrye.mutiny.Uni;

/** Uses inside each other, at any depth. */
class DepthTest extends DepthStories<Uni<Integer>> {

  DepthTest() {
    super(new MutinyLibrary());
  }
}
