package dev.withal.benchmarks.jmh;

import dev.withal.benchmarks.peers.Source;
import java.io.IOException;

/** How the bodies of a benchmark end. */
public enum BodyEnd {
  /** With a value. */
  succeeds,
  /** With an exception that was made before, so that its own cost isn't measured. */
  fails;

  Source source() {
    return this == succeeds ? new Source() : new Source(new IOException("the body failed"));
  }
}
