package dev.withal.examples.recipes;

import com.mongodb.MongoClientSettings;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Publisher;

/** What MongoDB's driver for Reactive Streams opens and closes. */
public final class MongoRecipes {
  private MongoRecipes() {}

  /**
   * {@return a client, with its connections}
   *
   * @param settings say how
   */
  public static ContextManager<MongoClient> client(MongoClientSettings settings) {
    // @start region="client"
    return ContextManager.closing(() -> MongoClients.create(settings));
    // @end
  }

  // @start region="one"
  static <T> CompletableFuture<@Nullable T> one(Publisher<T> publisher) {
    return Async.one(FlowAdapters.toFlowPublisher(publisher));
  }

  // @end

  /**
   * {@return a session}
   *
   * @param client opens it
   */
  public static AsyncContextManager<ClientSession> session(MongoClient client) {
    // @start region="session"
    return AsyncContextManager.closing(
        () -> one(client.startSession()),
        session -> CompletableFuture.runAsync(session::close, Runnable::run));
    // @end
  }

  /**
   * {@return a transaction}
   *
   * @param session has it
   */
  public static AsyncContextManager<@Nullable Void> transaction(ClientSession session) {
    // @start region="transaction"
    return AsyncContextManager.of(
        () -> CompletableFuture.runAsync(session::startTransaction, Runnable::run),
        (_, how) ->
            one(how.succeeded() ? session.commitTransaction() : session.abortTransaction())
                .thenApply(_ -> Verdict.PROPAGATE));
    // @end
  }
}
