package dev.withal.rxjava;

import dev.withal.adapters.testing.DepthStories;
import io.reactivex.rxjava3.core.Maybe;

/** Uses inside each other, at any depth. */
class DepthTest extends DepthStories<Maybe<Integer>> {

  DepthTest() {
    super(new RxJavaLibrary());
  }
}
