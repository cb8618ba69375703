package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.internal.Held;
import dev.withal.internal.Tracer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Insight is switched on and off while the program is at work. */
class SwitchingTest {

  @AfterEach
  void stop() {
    Insight.stop();
  }

  @Test
  void insight_isOff_showsNothing() throws Exception {
    assertThat(Insight.isOn()).isFalse();
    Traced.manager("a")
        .run(_ -> assertThat(Insight.contexts().tree(10)).isEqualTo("0 contexts held\n"));
    assertThat(Tracer.isOn()).isFalse();
  }

  @Test
  void insight_isStarted_answersByItsMXBeanUntilItIsStopped() throws Exception {
    var server = ManagementFactory.getPlatformMBeanServer();
    var name = new ObjectName("dev.withal:type=Contexts");
    Insight.start();
    Insight.start();
    Traced.manager("orders db")
        .run(_ -> {
          assertThat(server.getAttribute(name, "Held")).isEqualTo(1L);
          assertThat(server.getAttribute(name, "Leaked")).isEqualTo(0L);
          Object tree = server.invoke(name, "tree", new Object[] {40}, new String[] {"int"});
          assertThat(tree.toString()).startsWith("1 context held\n└─ orders db  in body");
          Object json = server.invoke(name, "json", new Object[] {40}, new String[] {"int"});
          assertThat(json.toString()).startsWith("{\"format\":1,\"id\":").contains("\"orders db\"");
          Insight.stop();
          assertThat(server.isRegistered(name)).isFalse();
        });

    assertThat(Held.entries()).isEmpty();
  }

  @Test
  void insight_isStoppedWhileAMeterFails_tellsTheOthersAndItsThreadEnds() throws Exception {
    var told = new CopyOnWriteArrayList<Map<String, Meters.Amount>>();
    Meters.Listener failing =
        new Measured(byName -> {
          throw new IllegalStateException("meter");
        });
    Meters.Listener hearing = new Measured(told::add);
    Meters.listen(failing);
    Meters.listen(hearing);
    try {
      Insight.start();
      List<Thread> pulses = Traced.pulses().toList();

      Insight.stop();
      for (Thread pulse : pulses) {
        pulse.join();
      }

      assertThat(Insight.isOn()).isFalse();
      assertThat(told).last().isEqualTo(Map.of());
    } finally {
      Meters.unlisten(failing);
      Meters.unlisten(hearing);
    }
  }

  /** Passes on what is held. */
  private record Measured(Consumer<Map<String, Meters.Amount>> heard) implements Meters.Listener {
    @Override
    public void held(Map<String, Meters.Amount> byName) {
      heard.accept(byName);
    }

    @Override
    public void reported(String kind, String name) {}
  }

  @Test
  void contextOfARun_isOlderThanInsight_isShownWithoutAnAge() throws Exception {
    Async.run(() ->
        Traced.manager("orders db")
            .run(_ -> {
              Insight.start();
              assertThat(Insight.contexts().tree(10))
                  .startsWith(
                      "1 context held\n└─ orders db  in body (entered before Insight was on)");
            }));
  }

  @Test
  void contextOfARun_isOlderThanInsight_isTheFirstLineOfJsonWithoutTimes() throws Exception {
    Async.run(() ->
        Traced.manager("orders db")
            .run(_ -> {
              Insight.start();
              Traced.manager("items db")
                  .run(_ -> {
                    String json = Insight.contexts().json(10);

                    assertThat(json.lines()).hasSize(2);
                    assertThat(json)
                        .startsWith(
                            "{\"format\":1,\"olderThanInsight\":true,\"manager\":\"orders db\","
                                + "\"phase\":\"body\"")
                        .contains("\"items db\"");
                    assertThat(json.lines().findFirst().orElseThrow())
                        .doesNotContain("since", "enteredAt");
                    assertThat(Insight.contexts().json(1).lines()).hasSize(1);
                  });
            }));
  }

  @Test
  void insight_isSwitchedInAStorm_losesNothing() throws Exception {
    storm(100);
  }

  @Tag("stress")
  @Test
  void insight_isSwitchedAThousandTimes_losesNothing() throws Exception {
    storm(1000);
  }

  private static void storm(int times) throws Exception {
    var entered = new AtomicLong();
    var exited = new AtomicLong();
    var going = new AtomicBoolean(true);
    AsyncContextManager<String> manager =
        AsyncContextManager.<String>closing(
                () -> {
                  entered.incrementAndGet();
                  return CompletableFuture.completedFuture("value");
                },
                _ -> {
                  exited.incrementAndGet();
                  return CompletableFuture.completedFuture(null);
                })
            .named("storm");
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 3; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (going.get()) {
                    work(manager);
                  }
                } catch (Throwable failure) {
                  failures.add(failure);
                }
              }));
    }
    for (int i = 0; i < times; i++) {
      Insight.start();
      Insight.contexts().tree(40);
      Insight.stop();
    }
    going.set(false);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(failures).isEmpty();
    assertThat(entered.get()).isPositive().isEqualTo(exited.get());
    assertThat(Held.entries()).isEmpty();
    assertThat(Tracer.isOn()).isFalse();
    assertThat(Held.isOn()).isFalse();
  }

  private static void work(AsyncContextManager<String> manager) throws Exception {
    manager.run(_ -> manager.run(_ -> {}));
    assertThat(manager.useAsync(_ -> CompletableFuture.completedFuture("at once"))).isDone();
    var body = new CompletableFuture<String>();
    CompletableFuture<String> use = manager.useAsync(_ -> manager.useAsync(_ -> body));
    body.complete("later");
    assertThat(use).isCompletedWithValue("later");
    AsyncContextManager.<String>generator(yield -> yield.value("value")).run(_ -> {});
  }
}
