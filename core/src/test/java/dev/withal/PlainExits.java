package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What tests of plain exits on a stack share. */
@ExtendWith(LeakCheck.class)
abstract class PlainExits {

  /** In which style the stack is exited. */
  enum Style {
    DIRECT {
      @Override
      void use(VirtualTime time, Body.Action<AsyncExitStack, Exception> body) throws Exception {
        AsyncExitStack.manager().run(body);
      }
    },
    STAGE {
      @Override
      void use(VirtualTime time, Body.Action<AsyncExitStack, Exception> body) throws Exception {
        time.await(
            AsyncExitStack.manager()
                .useAsync(stack -> {
                  body.run(stack);
                  return completedFuture(null);
                }));
      }
    };

    abstract void use(VirtualTime time, Body.Action<AsyncExitStack, Exception> body)
        throws Exception;
  }

  /** Something open whose class has a name. */
  final class Connection implements Closeable {
    @Override
    public void close() {
      note("close");
    }
  }

  final Journal journal = new Journal();
  final List<Thread> threads = new CopyOnWriteArrayList<>();
  final List<Report> reports = new CopyOnWriteArrayList<>();
  final Report.Registration registration = Report.listen(reports::add);
  final IOException bodyError = new IOException("body");
  final IOException exitError = new IOException("exit");

  @AfterEach
  void endListening() {
    registration.close();
  }

  void note(String event) {
    journal.add(event);
    threads.add(Thread.currentThread());
  }
}
