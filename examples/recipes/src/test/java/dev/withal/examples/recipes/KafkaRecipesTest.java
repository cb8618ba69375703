package dev.withal.examples.recipes;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** The recipes of Kafka, without a server: the clients look for one as long as they are open. */
class KafkaRecipesTest {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private static final Map<String, Object> SETTINGS =
      Map.of(
          "bootstrap.servers", "localhost:1",
          "key.serializer", StringSerializer.class,
          "value.serializer", StringSerializer.class,
          "key.deserializer", StringDeserializer.class,
          "value.deserializer", StringDeserializer.class);

  @Test
  void producer_isClosedAfter() throws Exception {
    Producer<String, String> producer =
        KafkaRecipes.producer(SETTINGS, Duration.ofSeconds(5)).use(open -> open);

    assertThatThrownBy(() -> producer.send(new ProducerRecord<>("t", "v")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void admin_callIsUnderWay_failsItAfterTheBound() throws Exception {
    KafkaFuture<?> call =
        KafkaRecipes.admin(SETTINGS, Duration.ofMillis(100))
            .use(admin -> admin.listTopics().names());

    assertThatThrownBy(() -> call.get(10, SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void consumer_isInterruptedWhilePolling_closesAllTheSame() {
    var consumer = new CompletableFuture<Consumer<String, String>>();
    assertThatThrownBy(() ->
            KafkaRecipes.consumer(SETTINGS)
                .run(open -> {
                  consumer.complete(open);
                  pollInterrupted(open);
                }))
        .isInstanceOf(InterruptException.class)
        .hasNoSuppressedExceptions();

    assertThat(Thread.interrupted()).isTrue();
    assertThatThrownBy(() -> consumer.get().listTopics())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("This consumer has already been closed.");
  }

  private static void pollInterrupted(Consumer<String, String> consumer) {
    consumer.assign(List.of(new TopicPartition("t", 0)));
    Thread.currentThread().interrupt();
    consumer.poll(AN_HOUR);
  }

  @Test
  void poll_isCancelled_isWokenBeforeTheConsumerIsClosed() throws Exception {
    var consumer = new CompletableFuture<Consumer<String, String>>();
    var ended = new CompletableFuture<Throwable>();
    CompletableFuture<ConsumerRecords<String, String>> use =
        KafkaRecipes.consumer(SETTINGS)
            .async()
            .map(open -> {
              open.assign(List.of(new TopicPartition("t", 0)));
              consumer.complete(open);
              return open;
            })
            .useAsync((open, cancellation) ->
                KafkaRecipes.poll(AN_HOUR, ForkJoinPool.commonPool())
                    .apply(open, cancellation)
                    .whenComplete((_, error) -> ended.complete(error)));
    Consumer<String, String> open = consumer.get(10, SECONDS);
    use.cancel(false);

    assertThatThrownBy(() -> use.get(10, SECONDS))
        .isInstanceOf(CancellationException.class)
        .hasNoSuppressedExceptions();
    assertThat(ended.get(10, SECONDS)).hasCauseInstanceOf(WakeupException.class);
    assertThatThrownBy(open::listTopics)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("This consumer has already been closed.");
  }
}
