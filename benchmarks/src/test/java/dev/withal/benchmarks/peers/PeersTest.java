package dev.withal.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each peer acquires, uses and releases: otherwise its figure is that of something else. */
class PeersTest {

  static Stream<String> peers() {
    return Stream.of(
        "Withal",
        "WithalClass",
        "Chain",
        "Reactor",
        "ReactorOfFutures",
        "RxJava",
        "Mutiny",
        "GuavaClosing");
  }

  @ParameterizedTest
  @MethodSource("peers")
  void use_bodySucceeds_acquiresOnceReleasesAndGivesTheResult(String peer) throws Exception {
    var source = new Source();

    Future<Integer> result = Peers.named(peer, Peer.class).use(source).get();

    assertThat(result.get()).isEqualTo(Source.RESULT);
    assertThat(source.acquired()).isEqualTo(1);
    assertThat(source.open()).isZero();
  }

  @ParameterizedTest
  @MethodSource("peers")
  void use_bodyFails_acquiresOnceReleasesAndGivesTheFailure(String peer) {
    var failure = new IOException("the body failed");
    var source = new Source(failure);

    Future<Integer> result = Peers.named(peer, Peer.class).use(source).get();

    assertThatThrownBy(result::get).isInstanceOf(ExecutionException.class).hasCause(failure);
    assertThat(source.acquired()).isEqualTo(1);
    assertThat(source.open()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Withal", "Chain", "ReactorOfFutures"})
  void use_stagesCompleteLater_releasesBeforeTheResult(String peer) throws Exception {
    try (ExecutorService loop = Executors.newSingleThreadExecutor()) {
      var source = new LaterSource(loop);

      Future<Integer> result = Peers.named(peer, Peer.class).use(source).get();

      assertThat(result.get()).isEqualTo(Source.RESULT);
      assertThat(source.acquired()).isEqualTo(1);
      assertThat(source.open()).isZero();
    }
  }

  @Test
  void nest_ofWithal_acquiresOnEachLevel() {
    var source = new Source();

    Integer result = Peers.named("Withal", Nesting.class).nest(source, 1000);

    assertThat(result).isEqualTo(Source.RESULT);
    assertThat(source.acquired()).isEqualTo(1000);
    assertThat(source.open()).isZero();
  }

  @Test
  void copies_ofOnePeer_haveLambdasOfTheirOwn() {
    var source = new Source();

    List<Class<?>> lambdas =
        Peers.copies("Withal", 3, Peer.class)
            .<Class<?>>map(copy -> copy.use(source).getClass())
            .toList();

    assertThat(lambdas).doesNotHaveDuplicates().hasSize(3);
  }

  @Test
  void named_noSuchPeer_saysSo() {
    assertThatThrownBy(() -> Peers.named("Nobody", Peer.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no peer named Nobody");
  }
}
