package dev.withal.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Report;
import dev.withal.Verdict;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.core.env.MapPropertySource;

/** What exits are told when an application ends, and how long it waits for them. */
@ExtendWith(LeakCheck.class)
class EndTest {

  @Configuration(proxyBeanMethods = false)
  static class Outer {
    @Bean
    FactoryBean<String> outer(Journal journal) {
      return WithalSpring.bean(Noted.manager(journal, "outer", "outer"));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class BrokenService {
    @Bean
    @DependsOn("outer")
    Object service() {
      throw new IllegalStateException("no service");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class BrokenEnter {
    @Bean
    @DependsOn("outer")
    FactoryBean<String> inner() {
      return WithalSpring.bean(
          AsyncContextManager.<String>of(
              () -> CompletableFuture.failedStage(new IllegalStateException("no value")),
              (_, _) -> Verdict.PROPAGATE.now()));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class BrokenExit {
    @Bean
    @DependsOn("outer")
    FactoryBean<String> inner(Journal journal) {
      return WithalSpring.bean(
          Noted.manager(
              journal,
              "inner",
              "inner",
              _ -> CompletableFuture.failedStage(new IllegalStateException("not flushed"))));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ReplacingExit {
    @Bean
    @DependsOn("outer")
    FactoryBean<String> inner(Journal journal) {
      return WithalSpring.bean(
          Noted.manager(
              journal,
              "inner",
              "inner",
              _ -> Verdict.replaceWith(new IllegalStateException("not acknowledged")).now()));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class SlowExit {
    @Bean
    @DependsOn("outer")
    FactoryBean<String> inner(Journal journal) {
      return WithalSpring.bean(
          Noted.manager(
              journal,
              "inner",
              "inner",
              how -> {
                journal.add("time left " + how.timeLeft());
                return Async.sleepAsync(Duration.ofSeconds(8))
                    .thenApply(_ -> {
                      journal.add("inner exited");
                      return Verdict.PROPAGATE;
                    });
              }));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Interrupting {
    @Bean
    @DependsOn("inner")
    AutoCloseable interrupting() {
      return () -> Thread.currentThread().interrupt();
    }
  }

  /** A value that is lost when the test says so. */
  record Session(CompletableFuture<?> lost, Journal journal) implements AsyncContext<Session> {
    @Override
    public Session value() {
      return this;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      journal.add("exit session, " + Noted.told(how));
      return Verdict.PROPAGATE.now();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Sessions {
    @Bean
    FactoryBean<Session> session(Journal journal) {
      AsyncContextManager<Session> sessions =
          () -> CompletableFuture.completedStage(new Session(new CompletableFuture<>(), journal));
      return WithalSpring.bean(sessions);
    }
  }

  @Test
  void start_failsInALaterBean_exitsAreToldOfIt(Journal journal) {
    assertThatThrownBy(() -> Noted.started(journal, Outer.class, BrokenService.class))
        .hasRootCauseMessage("no service");

    assertThat(journal.events())
        .containsExactly("enter outer", "exit outer, failure: shop did not start");
  }

  @Test
  void enter_fails_startFailsWithItsErrorAndTheRestIsExited(Journal journal) {
    assertThatThrownBy(() -> Noted.started(journal, Outer.class, BrokenEnter.class))
        .hasRootCauseMessage("no value");

    assertThat(journal.events())
        .containsExactly("enter outer", "exit outer, failure: shop did not start");
  }

  @Test
  void exit_fails_laterExitsRunAndAreToldOfIt(Journal journal) {
    Noted.started(journal, Outer.class, BrokenExit.class).close();

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "enter inner",
            "exit inner, success",
            "exit outer, failure: not flushed");
  }

  @Test
  void exit_replacesSuccessByAnError_laterExitsAreToldOfIt(Journal journal) {
    Noted.started(journal, Outer.class, ReplacingExit.class).close();

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "enter inner",
            "exit inner, success",
            "exit outer, failure: not acknowledged");
  }

  @Test
  void exit_takesTime_isAwaitedBeforeTheNextOne(VirtualTime time, Journal journal) {
    Noted.started(journal, Outer.class, SlowExit.class).close();

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "enter inner",
            "exit inner, success",
            "time left PT30S",
            "inner exited",
            "exit outer, success");
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(8));
  }

  @Test
  void exit_takesLongerThanTheTimeout_isAbandonedAndReported(VirtualTime time, Journal journal) {
    AnnotationConfigApplicationContext context =
        Noted.context(journal, Outer.class, SlowExit.class);
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("test", Map.of("withal.exit-timeout", "5s")));
    context.refresh();

    try (var _ = Report.listen(report -> journal.add(report.kind() + " " + report.context()))) {
      context.close();
    }

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "enter inner",
            "exit inner, success",
            "time left PT5S",
            "ABANDONED_EXIT inner",
            "exit outer, failure: the exit of inner did not end within PT5S and was abandoned");
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(5));
    time.advance(Duration.ofSeconds(3));
  }

  @Test
  void exit_onAnInterruptedThread_isAwaitedAndKeepsTheFlag(VirtualTime time, Journal journal) {
    AnnotationConfigApplicationContext context =
        Noted.started(journal, Outer.class, SlowExit.class, Interrupting.class);

    context.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(journal.events()).endsWith("inner exited", "exit outer, success");
  }

  @Test
  void value_isLost_isReportedAndItsExitToldThatItWasCancelled(Journal journal) {
    try (AnnotationConfigApplicationContext context = Noted.started(journal, Sessions.class);
        var _ = Report.listen(report -> journal.add(report.context() + ": " + report.message()))) {
      context
          .getBean(Session.class)
          .lost()
          .completeExceptionally(new IllegalStateException("expired"));
    }

    assertThat(journal.events())
        .containsExactly(
            "session: the value of this bean was lost while the application runs",
            "exit session, cancelled: expired");
  }
}
