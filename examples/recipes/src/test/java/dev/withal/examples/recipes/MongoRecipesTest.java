package dev.withal.examples.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoClientSettings;
import com.mongodb.ServerAddress;
import com.mongodb.reactivestreams.client.ClientSession;
import dev.withal.Async;
import dev.withal.AsyncContextManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The recipes of MongoDB, without a server: a transaction without operations needs none. */
class MongoRecipesTest {
  private static final MongoClientSettings SETTINGS =
      MongoClientSettings.builder()
          .applyToClusterSettings(to -> to.hosts(List.of(new ServerAddress("localhost", 1))))
          .build();

  @Test
  void transaction_succeeds_isCommitted() throws Exception {
    sessions()
        .run(session -> {
          MongoRecipes.transaction(session)
              .run(_ -> assertThat(session.hasActiveTransaction()).isTrue());

          assertThat(session.hasActiveTransaction()).isFalse();
          assertThatThrownBy(() -> Async.await(MongoRecipes.one(session.abortTransaction())))
              .hasMessage("Cannot call abortTransaction after calling commitTransaction");
        });
  }

  @Test
  void transaction_fails_isAborted() throws Exception {
    sessions()
        .run(session -> {
          assertThatThrownBy(() ->
                  MongoRecipes.transaction(session)
                      .run(_ -> {
                        throw new IllegalStateException("no");
                      }))
              .hasMessage("no");

          assertThat(session.hasActiveTransaction()).isFalse();
          assertThatThrownBy(() -> Async.await(MongoRecipes.one(session.commitTransaction())))
              .hasMessage("Cannot call commitTransaction after calling abortTransaction");
        });
  }

  @Test
  void session_isClosedAfter() throws Exception {
    MongoRecipes.client(SETTINGS)
        .run(client -> {
          ClientSession session = MongoRecipes.session(client).use(open -> open);

          assertThatThrownBy(session::getServerSession)
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("state should be: open");
        });
  }

  private static AsyncContextManager<ClientSession> sessions() {
    return MongoRecipes.client(SETTINGS)
        .async()
        .flatMap(MongoRecipes::session)
        .enterTimeout(Duration.ofSeconds(10));
  }
}
