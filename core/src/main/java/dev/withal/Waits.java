package dev.withal;

import org.jspecify.annotations.Nullable;

/** Something of ours that can't end before something else of ours does, as {@link Ring} asks. */
interface Waits {

  /** {@return what this waits for now; null for nothing of ours, or once this has ended} */
  @Nullable Waits waitsFor();
}
