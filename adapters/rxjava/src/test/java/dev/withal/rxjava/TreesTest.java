package dev.withal.rxjava;

import dev.withal.adapters.testing.TreeStories;
import io.reactivex.rxjava3.core.Maybe;

/** Random trees of uses in operators of the library. */
class TreesTest extends TreeStories<Maybe<Integer>> {

  TreesTest() {
    super(new RxJavaLibrary());
  }
}
