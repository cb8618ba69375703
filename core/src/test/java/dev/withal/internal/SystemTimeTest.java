package dev.withal.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time as it is, outside of virtual time. */
class SystemTimeTest {
  private static final InheritableThreadLocal<String> USER = new InheritableThreadLocal<>();

  private final Time time = Time.current();

  @Test
  void now_isTheMachinesTime() {
    Instant before = Instant.now();

    Instant now = time.now();

    assertThat(now).isBetween(before, Instant.now());
  }

  @Test
  void timer_everyCarrierComputes_firesAllTheSame() throws InterruptedException {
    try (var carriers = new BusyCarriers()) {
      carriers.seize();

      assertThat(atOnce(() -> Thread.currentThread().isVirtual())).isFalse();
    }
  }

  @Test
  void timers_everyCarrierComputesAndManyAreDue_fireOnceEach() throws InterruptedException {
    int many = 200;
    var left = new CountDownLatch(many);
    Queue<Integer> fired = new ConcurrentLinkedQueue<>();
    try (var carriers = new BusyCarriers()) {
      carriers.seize();
      for (int i = 0; i < many; i++) {
        int number = i;
        time.schedule(
            Duration.ofMillis(1),
            () -> {
              fired.add(number);
              left.countDown();
            });
      }
      assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
    }
    // The virtual threads that come too late find nothing to run.
    atOnce(() -> null);

    assertThat(fired).hasSize(many).doesNotHaveDuplicates();
  }

  @Test
  void platformThread_everyCarrierComputes_runs() throws InterruptedException {
    try (var carriers = new BusyCarriers()) {
      carriers.seize();
      var ran = new CompletableFuture<Boolean>();

      Thread thread =
          time.startPlatform("mine", () -> ran.complete(Thread.currentThread().isDaemon()));

      assertThat(ran.orTimeout(10, TimeUnit.SECONDS).join()).isTrue();
      assertThat(thread.getName()).isEqualTo("mine");
    }
  }

  @Test
  void timer_scheduledByATrustedThread_inheritsNothing() throws InterruptedException {
    assertThat(asStranger(() -> atOnce(SystemTimeTest::inherited))).isEqualTo("nothing");
  }

  @Test
  void timer_everyCarrierComputes_inheritsNothing() throws InterruptedException {
    try (var carriers = new BusyCarriers()) {
      carriers.seize();

      assertThat(asStranger(() -> atOnce(SystemTimeTest::inherited))).isEqualTo("nothing");
    }
  }

  @Test
  void timer_anEarlierOneLeftThreadLocals_seesNoneOfThem() throws InterruptedException {
    try (var carriers = new BusyCarriers()) {
      carriers.seize();
      for (int i = 0; i < 10; i++) {
        atOnce(() -> {
          USER.set("a stranger");
          return null;
        });
      }

      assertThat(atOnce(SystemTimeTest::inherited)).isEqualTo("nothing");
    }
  }

  @Test
  void platformThread_startedByAThreadWithSomething_inheritsNothing() throws InterruptedException {
    assertThat(
            asStranger(() -> {
              var seen = new CompletableFuture<String>();
              time.startPlatform("mine", () -> seen.complete(inherited()));
              return seen.orTimeout(10, TimeUnit.SECONDS).join();
            }))
        .isEqualTo("nothing");
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0})
  void timer_delayIsOver_firesAtOnce(long seconds) {
    var fired = new CompletableFuture<Boolean>();

    time.schedule(Duration.ofSeconds(seconds), () -> fired.complete(true));

    assertThat(fired.orTimeout(10, TimeUnit.SECONDS).join()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE / 1_000_000_000})
  void timer_delayIsLongerThanACount_waits(long seconds) {
    var fired = new AtomicBoolean();

    Time.Timer timer = time.schedule(Duration.ofSeconds(seconds), () -> fired.set(true));
    atOnce(() -> null);

    assertThat(fired).isFalse();
    timer.cancel();
  }

  private <T> T atOnce(Supplier<T> action) {
    var result = new CompletableFuture<T>();
    time.schedule(Duration.ofMillis(1), () -> result.complete(action.get()));
    return result.orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** {@return what the action returns on a thread that has what others may inherit} */
  @SuppressWarnings("ThreadPriorityCheck") // a priority is one of the things that may be inherited
  private static <T> T asStranger(Supplier<T> action) throws InterruptedException {
    var result = new CompletableFuture<T>();
    Thread.ofPlatform()
        .group(new ThreadGroup("a stranger's"))
        .priority(Thread.MIN_PRIORITY)
        .start(() -> {
          USER.set("a stranger");
          Thread.currentThread().setContextClassLoader(new ClassLoader() {});
          result.complete(action.get());
        })
        .join();
    return result.join();
  }

  private static String inherited() {
    Thread own = Thread.currentThread();
    boolean clean =
        USER.get() == null
            && own.getContextClassLoader() == ClassLoader.getSystemClassLoader()
            && !own.getThreadGroup().getName().equals("a stranger's")
            && own.getPriority() == Thread.NORM_PRIORITY;
    return clean ? "nothing" : USER.get() + " " + own;
  }

  /** Virtual threads that compute on every carrier. */
  private static final class BusyCarriers implements AutoCloseable {
    private static final int CARRIERS =
        Integer.getInteger(
            "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());

    private final AtomicBoolean over = new AtomicBoolean();

    void seize() throws InterruptedException {
      var running = new CountDownLatch(CARRIERS);
      for (int i = 0; i < CARRIERS; i++) {
        Thread.ofVirtual()
            .start(() -> {
              running.countDown();
              while (!over.get()) {
                Thread.onSpinWait();
              }
            });
      }
      running.await();
    }

    @Override
    public void close() {
      over.set(true);
    }
  }
}
