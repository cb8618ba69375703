package dev.withal;

import dev.withal.testkit.Journal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of stacks need whose body is asked to end. */
abstract class StacksAskedToEnd {
  static final Duration LONG = Duration.ofSeconds(60);

  final Journal journal = new Journal();
  final Probe first = new Probe(journal, Carrier.STAGE_COMPLETE, "first");
  final List<Report> reports = new CopyOnWriteArrayList<>();
  private Report.Registration listening;

  final AsyncContextManager<String> slow =
      AsyncContextManager.generator(yield -> {
        try {
          Async.sleep(LONG);
        } catch (InterruptedException asked) {
          journal.add("slow asked");
          throw asked;
        }
        yield.value("slow");
      });

  @BeforeEach
  void listen() {
    listening = Report.listen(reports::add);
  }

  @AfterEach
  void stop() {
    listening.close();
  }
}
