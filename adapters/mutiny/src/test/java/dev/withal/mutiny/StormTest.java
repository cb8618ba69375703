package dev.withal.mutiny;

import dev.withal.adapters.testing.StormStories;
import io.smallrye.mutiny.Uni;

/** Uses that are cancelled at random moments. */
class StormTest extends StormStories<Uni<Integer>> {

  StormTest() {
    super(new MutinyLibrary());
  }
}
