package dev.withal.examples.recipes;

import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import org.apache.pulsar.client.api.ClientBuilder;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.Schema;

/** What Pulsar's client opens and closes. */
public final class PulsarRecipes {
  private PulsarRecipes() {}

  /**
   * {@return a client, with its connections}
   *
   * @param builder says how
   */
  public static AsyncContextManager<PulsarClient> client(ClientBuilder builder) {
    // @start region="client"
    return ContextManager.closing(builder::build).async();
    // @end
  }

  /**
   * {@return a producer}
   *
   * @param client opens it
   * @param topic where its messages go
   */
  public static AsyncContextManager<Producer<String>> producer(PulsarClient client, String topic) {
    // @start region="producer"
    return AsyncContextManager.closing(
        () -> client.newProducer(Schema.STRING).topic(topic).createAsync(), Producer::closeAsync);
    // @end
  }
}
