package dev.withal.tasks.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.tasks.TaskGroup;
import dev.withal.tasks.Tasks;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the guide says on groups of tasks. */
@ExtendWith(LeakCheck.class)
class TasksTest {
  private final Journal journal = new Journal();
  private final Client client = new Client();

  /** Answers blocking calls and others after 10 ms. */
  private static final class Client {
    int price(String article) throws InterruptedException {
      Async.sleep(Duration.ofMillis(10));
      return article.length();
    }

    CompletableFuture<Integer> priceAsync(String article) {
      return Async.sleepAsync(Duration.ofMillis(10)).thenApply(_ -> article.length());
    }
  }

  @Test
  void group_runsTasksAtTheSameTime(VirtualTime time) throws Exception {
    // @start region="group"
    int total =
        Tasks.group()
            .use(group -> {
              var tea = group.fork(() -> client.price("tea")); // on a virtual thread of its own
              var coffee = group.start(_ -> client.priceAsync("coffee")); // in stage style
              return Async.await(tea) + Async.await(coffee);
            });
    // @end

    assertThat(total).isEqualTo(9);
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void group_inStageStyle(VirtualTime time) throws Exception {
    // @start region="stage"
    CompletableFuture<Integer> total =
        Tasks.group()
            .useAsync(group -> {
              var tea = group.start(_ -> client.priceAsync("tea"));
              var coffee = group.fork(() -> client.price("coffee"));
              return tea.thenCombine(coffee, Integer::sum);
            });
    // @end

    assertThat(time.await(total)).isEqualTo(9);
  }

  @Test
  void group_aTaskFails_endsTheOther(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() -> {
          // @start region="failure"
          Tasks.group()
              .run(group -> {
                group.launch(() -> {
                  Async.sleep(Duration.ofMillis(50));
                  throw new IOException("no connection");
                });
                group.launch(() -> {
                  try {
                    Async.sleep(Duration.ofHours(1)); // is interrupted after 50 ms
                  } finally {
                    journal.add("cleaned up"); // before the group ends
                  }
                });
              }); // throws the IOException
          // @end
        });

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("no connection");
    assertThat(journal.events()).containsExactly("cleaned up");
  }

  @Test
  void race_takesTheFirstSuccess(VirtualTime time) throws Exception {
    // @start region="race"
    int price =
        Tasks.<Integer>race()
            .use(race -> {
              race.fork(() -> client.price("tea"));
              race.start(_ -> client.priceAsync("tea"));
              return Async.await(race.first());
            });
    // @end

    assertThat(price).isEqualTo(3);
  }

  @Test
  void supervise_tellsAllFailures(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() -> {
          // @start region="supervise"
          Tasks.supervise()
              .run(group -> {
                for (String mirror : List.of("a", "b", "c")) {
                  group.launch(() -> upload(mirror)); // one that fails stops no other
                }
              }); // throws the first error, with the others as suppressed exceptions
          // @end
        });

    assertThat(thrown).hasMessage("a").hasSuppressedException(thrown.getSuppressed()[0]);
    assertThat(journal.events()).containsExactly("b");
  }

  private void upload(String mirror) throws IOException {
    if (!mirror.equals("b")) {
      throw new IOException(mirror);
    }
    journal.add(mirror);
  }

  @Test
  void width_boundsTheTasks(VirtualTime time) throws Exception {
    List<String> articles = List.of("tea", "coffee", "milk");
    // @start region="width"
    Tasks.group(2)
        .run(group -> {
          for (String article : articles) {
            group.launch(
                () -> journal.add(article + " " + client.price(article))); // waits for room
          }
        });
    // @end

    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(20));
    assertThat(journal.events()).hasSize(3).endsWith("milk 4");
  }

  @Test
  void map_keepsTheOrder(VirtualTime time) throws Exception {
    List<String> articles = List.of("tea", "coffee", "milk");
    // @start region="map"
    List<Integer> prices = Tasks.map(articles, 2, client::price);
    // @end
    // @start region="map-async"
    CompletableFuture<List<Integer>> same =
        Tasks.mapAsync(articles, 2, (article, _) -> client.priceAsync(article));
    // @end

    assertThat(prices).containsExactly(3, 6, 4);
    assertThat(time.await(same)).isEqualTo(prices);
  }

  @Test
  void cancellation_stopsAStage(VirtualTime time) throws Exception {
    // @start region="cancellation"
    CompletableFuture<Integer> cheapest =
        Tasks.<Integer>race()
            .useAsync(race -> {
              race.start(cancellation -> cancellation.cancelling(client.priceAsync("tea")));
              race.start(_ -> client.priceAsync("coffee"));
              return race.first();
            });
    // @end

    assertThat(time.await(cheapest)).isEqualTo(3);
  }

  @Test
  void group_inAService_isComposed(VirtualTime time) throws Exception {
    // @start region="compose"
    AsyncContextManager<TaskGroup> workers =
        Async.timeout(Duration.ofSeconds(30)).flatMap(_ -> Tasks.group(8)).named("workers");
    // @end

    workers.run(group -> group.launch(() -> journal.add("works")));
    assertThat(journal.events()).containsExactly("works");
  }
}
