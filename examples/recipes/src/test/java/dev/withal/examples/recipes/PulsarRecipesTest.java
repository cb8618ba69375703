package dev.withal.examples.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.pulsar.client.api.PulsarClient;
import org.junit.jupiter.api.Test;

/** The recipes of Pulsar, without a server: the client connects once it is asked for something. */
class PulsarRecipesTest {

  @Test
  void client_isOpenInsideAndClosedAfter() throws Exception {
    var builder = PulsarClient.builder().serviceUrl("pulsar://localhost:1");
    PulsarClient client =
        PulsarRecipes.client(builder)
            .use(open -> {
              assertThat(open.isClosed()).isFalse();
              return open;
            });

    assertThat(client.isClosed()).isTrue();
  }
}
