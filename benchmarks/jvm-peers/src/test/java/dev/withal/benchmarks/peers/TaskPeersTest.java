package dev.withal.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskPeersTest {

  @ParameterizedTest
  @ValueSource(strings = {"StructuredScope", "Coroutines"})
  void run_hasRunEachTaskOnceWhenItReturns(String peer) throws InterruptedException {
    var done = new LongAdder();

    Peers.named(peer, TaskPeer.class).run(100, done::increment);

    assertThat(done.sum()).isEqualTo(100);
  }
}
