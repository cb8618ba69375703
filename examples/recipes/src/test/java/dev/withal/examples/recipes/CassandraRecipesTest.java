package dev.withal.examples.recipes;

import static com.datastax.oss.simulacron.common.stubbing.PrimeDsl.noResult;
import static com.datastax.oss.simulacron.common.stubbing.PrimeDsl.when;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.simulacron.common.cluster.ClusterSpec;
import com.datastax.oss.simulacron.server.BoundNode;
import com.datastax.oss.simulacron.server.Inet4Resolver;
import com.datastax.oss.simulacron.server.Server;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The recipe of Cassandra, on a server in this process that speaks its protocol. */
class CassandraRecipesTest {
  private static Server server;
  private static BoundNode node;

  @BeforeAll
  static void start() throws IOException {
    server =
        Server.builder()
            .withMultipleNodesPerIp(true)
            .withAddressResolver(new Inet4Resolver(freePort()))
            .build();
    node = server.register(ClusterSpec.builder().withNodes(1)).node(0);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void session_isOpenInsideAndClosedAfter() throws Exception {
    CqlSession session =
        CassandraRecipes.session(to(node.getAddress()), Duration.ofSeconds(10))
            .use(open -> {
              assertThat(open.isClosed()).isFalse();
              return open;
            });

    assertThat(session.isClosed()).isTrue();
  }

  @Test
  void session_requestIsNeverAnswered_failsItAfterTheBound() {
    node.prime(when("never").then(noResult()));
    var arrived = new CompletableFuture<String>();
    node.registerQueryListener(
        (_, log) -> arrived.complete(log.getQuery()), true, log -> log.getQuery().equals("never"));
    var request = new CompletableFuture<CompletionStage<AsyncResultSet>>();

    assertThatThrownBy(() ->
            CassandraRecipes.session(to(node.getAddress()), Duration.ofMillis(500))
                .run(session -> {
                  request.complete(session.executeAsync("never"));
                  arrived.get(10, SECONDS);
                }))
        .isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> request.get().toCompletableFuture().get(10, SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(ClosedConnectionException.class);
  }

  @Test
  void session_noNodeIsThere_failsToOpen() {
    assertThatThrownBy(() ->
            CassandraRecipes.session(
                    to(new InetSocketAddress("localhost", 1)), Duration.ofSeconds(10))
                .run(_ -> fail("entered")))
        .isInstanceOf(AllNodesFailedException.class);
  }

  /** Without the two seconds that its event loops wait for more work, as they are closed. */
  private static CqlSessionBuilder to(SocketAddress address) {
    return CqlSession.builder()
        .addContactPoint((InetSocketAddress) address)
        .withLocalDatacenter("dc1")
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofHours(1))
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .build());
  }
}
