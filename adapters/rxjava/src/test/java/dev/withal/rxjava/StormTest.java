package dev.withal.rxjava;

import dev.withal.adapters.testing.StormStories;
import io.reactivex.rxjava3.core.Maybe;

/** Uses that are cancelled at random moments. */
class StormTest extends StormStories<Maybe<Integer>> {

  StormTest() {
    super(new RxJavaLibrary());
  }
}
