package dev.withal.mutiny;

import dev.withal.adapters.testing.TreeStories;
import io.smallrye.mutiny.Uni;

/** Random trees of uses in operators of the library. */
class TreesTest extends TreeStories<Uni<Integer>> {

  TreesTest() {
    super(new MutinyLibrary());
  }
}
