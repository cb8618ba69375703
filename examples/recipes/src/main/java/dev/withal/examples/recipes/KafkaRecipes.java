package dev.withal.examples.recipes;

import dev.withal.AsyncBody;
import dev.withal.ContextManager;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

/** What Kafka's clients open and close. */
public final class KafkaRecipes {
  private KafkaRecipes() {}

  /**
   * {@return a producer}
   *
   * @param settings say how
   * @param patience how long records that are sent are awaited
   */
  public static ContextManager<Producer<String, String>> producer(
      Map<String, Object> settings, Duration patience) {
    // @start region="producer"
    return ContextManager.closing(
        () -> new KafkaProducer<String, String>(settings), producer -> producer.close(patience));
    // @end
  }

  /**
   * {@return an administrator}
   *
   * @param settings say how
   * @param patience how long its calls are awaited
   */
  public static ContextManager<Admin> admin(Map<String, Object> settings, Duration patience) {
    // @start region="admin"
    return ContextManager.closing(() -> Admin.create(settings), admin -> admin.close(patience));
    // @end
  }

  /**
   * {@return a consumer}
   *
   * @param settings say how
   */
  public static ContextManager<Consumer<String, String>> consumer(Map<String, Object> settings) {
    // @start region="consumer"
    return ContextManager.closing(() -> new KafkaConsumer<String, String>(settings));
    // @end
  }

  /**
   * {@return a body that waits for records, and is woken when it is asked to end}
   *
   * @param patience how long it waits
   * @param executor runs the wait
   */
  public static AsyncBody.Cancellable<Consumer<String, String>, ConsumerRecords<String, String>>
      poll(Duration patience, Executor executor) {
    // @start region="poll"
    return (consumer, cancellation) ->
        cancellation.stopping(
            CompletableFuture.supplyAsync(() -> consumer.poll(patience), executor),
            consumer::wakeup);
    // @end
  }
}
