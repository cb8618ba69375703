package dev.withal.cli;

import com.acme.Holding;
import dev.withal.insight.Insight;
import dev.withal.timeline.Recorded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import jdk.jfr.Recording;

/** A recording of this process, with known contents. */
final class Flight {
  static final String HOSTILE =
      "</script><img src=x onerror=alert(1)>\"'&\u202e\u0000\u2028\ud800 \ud83d\ude00";

  private Flight() {}

  /** Records uses of the names given, one in another, and one that is held at the end. */
  static void record(Path file, int uses, IntFunction<String> name) throws Exception {
    var held = new CompletableFuture<String>();
    Insight.start();
    try (var recording = new Recording()) {
      recording.enable(Recorded.USE).withThreshold(Duration.ZERO);
      recording.enable(Recorded.HELD).with("period", "everyChunk");
      recording.enable(Recorded.LEAK);
      recording.enable(Recorded.REPORT);
      recording.start();
      Holding.manager("held").useAsync(body -> held);
      for (int i = 0; i < uses; i += 2) {
        String inner = name.apply(i + 1);
        Holding.manager(name.apply(i)).run(outside -> Holding.manager(inner).run(inside -> {}));
      }
      recording.stop();
      recording.dump(file);
    } finally {
      held.complete("done");
      Insight.stop();
    }
  }
}
