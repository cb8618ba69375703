package dev.withal.leases.zookeeper;

import dev.withal.Async;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.api.BackgroundCallback;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;

/**
 * Calls of Curator in its background, for which a thread waits.
 *
 * <p>Design: Curator's own waiting calls hold a monitor while they wait, and so the carrier of a
 * virtual thread up to JDK 23.
 */
final class Calls {

  /** Begins a call. */
  interface Call {
    void begin(BackgroundCallback answer) throws Exception;
  }

  private Calls() {}

  static CompletableFuture<CuratorEvent> begin(Call call) throws Exception {
    var answer = new CompletableFuture<CuratorEvent>();
    call.begin((client, event) -> answer.complete(event));
    return answer;
  }

  /** {@return the answer to a call, which may say that a node isn't there} */
  static CuratorEvent of(Call call) throws Exception {
    CuratorEvent event = Async.<CuratorEvent, Exception>await(begin(call));
    return checked(event);
  }

  static CuratorEvent checked(CuratorEvent event) throws KeeperException {
    requireAnswer(event.getResultCode(), event.getPath());
    return event;
  }

  /** Refuses what is neither a success nor the answer that a node isn't there. */
  static void requireAnswer(int result, String path) throws KeeperException {
    Code code = Code.get(result);
    if (code != Code.OK && code != Code.NONODE) {
      throw KeeperException.create(code, path);
    }
  }
}
