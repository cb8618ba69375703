package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import dev.withal.DualContextManager;
import dev.withal.Verdict;
import dev.withal.guide.Database.Connection;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the guide says on synchronous managers. */
@ExtendWith(LeakCheck.class)
class SynchronousTest {
  private final Journal journal = new Journal();
  private final Database database = new Database(journal);

  @Test
  void closing_inBothStyles_reads(@TempDir Path folder, VirtualTime time) throws Exception {
    Path path = Files.writeString(folder.resolve("text"), "first\nsecond\n");

    // @start region="both"
    DualContextManager<BufferedReader> reader =
        ContextManager.closing(() -> Files.newBufferedReader(path)).async();

    String first = reader.use(BufferedReader::readLine);
    CompletableFuture<String> later = reader.useAsync(r -> completedFuture(r.readLine()));
    // @end

    assertThat(first).isEqualTo("first");
    assertThat(time.await(later)).isEqualTo("first");
  }

  /** A session of a library that blocks. */
  final class Session {
    Session() {
      journal.add("begin");
    }

    void commit() {
      journal.add("commit");
    }

    void rollback() {
      journal.add("rollback");
    }

    void logOff() {
      journal.add("log off");
    }
  }

  // @start region="of"
  ContextManager<Session> unitOfWork() {
    return ContextManager.of(
        Session::new,
        (session, how) -> {
          if (how.succeeded()) {
            session.commit();
          } else {
            session.rollback();
          }
          return Verdict.PROPAGATE;
        });
  }

  // @end

  @Test
  void of_isToldHowTheBodyEnded() throws Exception {
    unitOfWork().run(_ -> journal.add("body"));
    Throwable thrown =
        catchThrowable(() ->
            unitOfWork()
                .run(_ -> {
                  throw new IOException("body");
                }));

    assertThat(thrown).isExactlyInstanceOf(IOException.class);
    assertThat(journal.events()).containsExactly("begin", "body", "commit", "begin", "rollback");
  }

  @Test
  void closing_byAMethodOfItsOwn_callsIt() throws Exception {
    // @start region="closing"
    ContextManager<Session> session = ContextManager.closing(Session::new, Session::logOff);
    // @end

    session.run(_ -> journal.add("body"));

    assertThat(journal.events()).containsExactly("begin", "body", "log off");
  }

  @Test
  void lock_isHeldByTheBodysThread() throws Exception {
    var lock = new ReentrantLock();

    // @start region="lock"
    ContextManager<Lock> locked = ContextManager.lock(lock, Duration.ofSeconds(2));

    boolean held = locked.use(_ -> lock.isHeldByCurrentThread());
    // @end

    assertThat(held).isTrue();
    assertThat(lock.isLocked()).isFalse();
  }

  @Test
  void permit_isGivenBack() throws Exception {
    var places = new Semaphore(4);

    // @start region="permit"
    int free = ContextManager.permit(places).use(Semaphore::availablePermits);
    // @end

    assertThat(free).isEqualTo(3);
    assertThat(places.availablePermits()).isEqualTo(4);
  }

  @Test
  void permit_noneLeft_failsAfterItsPatience() {
    ContextManager<Semaphore> permit = ContextManager.permit(new Semaphore(0), Duration.ZERO);

    Throwable thrown = catchThrowable(() -> permit.run(_ -> journal.add("never")));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("the semaphore had no permit within PT0S");
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void executor_awaitsItsTasks() throws Exception {
    // @start region="executor"
    ContextManager<ExecutorService> workers =
        ContextManager.executor(Executors::newVirtualThreadPerTaskExecutor, Duration.ofSeconds(10));

    workers.run(executor -> executor.execute(() -> journal.add("task")));
    // @end

    assertThat(journal.events()).containsExactly("task");
  }

  @Test
  void closingValue_opensWithoutWaiting(VirtualTime time) throws Exception {
    Connection connected = time.await(database.connectAsync());

    // @start region="closing-value"
    AsyncContextManager<Connection> connection =
        AsyncContextManager.closingValue(() -> connected, Connection::closeAsync);
    // @end

    time.await(connection.useAsync(c -> c.countAsync("orders")));
    assertThat(journal.events())
        .containsExactly("connected", "counted orders", "closing", "closed");
  }

  @Test
  void blocking_ofAnAsynchronousManager_isASynchronousOne(VirtualTime time) throws Exception {
    AsyncContextManager<Connection> connection =
        AsyncContextManager.closing(database::connectAsync, Connection::closeAsync);

    // @start region="blocking"
    ContextManager<Connection> synchronous = connection.blocking();
    // @end

    int orders = synchronous.use(c -> Async.await(c.countAsync("orders")));
    assertThat(orders).isEqualTo(3);
    assertThat(journal.events())
        .containsExactly("connected", "counted orders", "closing", "closed");
  }
}
