package dev.withal.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Collections;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each peer acquires, uses and releases: otherwise its figure is that of something else. */
class FiberPeersTest {

  @ParameterizedTest
  @ValueSource(strings = {"CatsEffect", "Zio", "Arrow"})
  void run_bodiesSucceed_acquiresOnceForEachAndReleases(String peer) {
    var source = new Source();

    run(peer, source, 100);

    assertThat(source.acquired()).isEqualTo(100);
    assertThat(source.open()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CatsEffect", "Zio", "Arrow"})
  void run_bodiesFail_goesOnWithTheNext(String peer) {
    var source = new Source(new IOException("the body failed"));

    run(peer, source, 100);

    assertThat(source.acquired()).isEqualTo(100);
    assertThat(source.open()).isZero();
  }

  @Test
  void nest_ofCatsEffect_acquiresOnEachLevel() {
    var source = new Source();

    Integer result = Peers.named("CatsEffect", Nesting.class).nest(source, 1000);

    assertThat(result).isEqualTo(Source.RESULT);
    assertThat(source.acquired()).isEqualTo(1000);
    assertThat(source.open()).isZero();
  }

  @Test
  void nest_ofCatsEffectLater_acquiresOnEachLevel() {
    try (ExecutorService loop = Executors.newSingleThreadExecutor()) {
      var source = new LaterSource(loop);

      Integer result = Peers.named("CatsEffect", Nesting.class).nest(source, 1000);

      assertThat(result).isEqualTo(Source.RESULT);
      assertThat(source.acquired()).isEqualTo(1000);
      assertThat(source.open()).isZero();
    }
  }

  @SuppressWarnings("unchecked") // a peer runs what it has made
  private static void run(String peer, Source source, int times) {
    FiberPeer<Object> runner = Peers.named(peer, FiberPeer.class);
    runner.run(Collections.nCopies(times, runner.use(source)));
  }
}
