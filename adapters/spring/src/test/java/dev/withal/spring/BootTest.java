package dev.withal.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Report;
import dev.withal.Verdict;
import dev.withal.insight.Insight;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Managed beans in an application of Spring Boot without a web server. */
@ExtendWith(LeakCheck.class)
class BootTest {

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class App {
    @Bean
    FactoryBean<StringBuilder> buffer(Journal journal) {
      return WithalSpring.bean(
          Noted.manager(
              journal,
              "buffer",
              new StringBuilder(),
              how -> {
                journal.add("time left " + how.timeLeft());
                return Verdict.PROPAGATE.now();
              }));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class BrokenRunner {
    @Bean
    ApplicationRunner runner() {
      return _ -> {
        throw new IllegalStateException("not run");
      };
    }
  }

  private static ConfigurableApplicationContext run(
      Journal journal, Map<String, Object> properties, Class<?>... more) {
    return new SpringApplicationBuilder(App.class)
        .sources(more)
        .web(WebApplicationType.NONE)
        .logStartupInfo(false)
        .bannerMode(org.springframework.boot.Banner.Mode.OFF)
        .properties(Map.of("logging.level.root", "OFF"))
        .properties(properties)
        .initializers(context -> context.getBeanFactory().registerSingleton("journal", journal))
        .run();
  }

  private static Health health(ConfigurableApplicationContext context) {
    return context.getBean("withalHealthIndicator", HealthIndicator.class).health();
  }

  @Test
  void application_ends_exitsAreToldSuccess(VirtualTime time, Journal journal) {
    assertThat(SpringApplication.exit(run(journal, Map.of()))).isZero();

    assertThat(journal.events())
        .containsExactly("enter buffer", "exit buffer, success", "time left PT30S");
  }

  @Test
  void runner_fails_exitsAreToldItsError(VirtualTime time, Journal journal) {
    assertThatThrownBy(() -> run(journal, Map.of(), BrokenRunner.class)).hasMessage("not run");

    assertThat(journal.events())
        .containsExactly("enter buffer", "exit buffer, failure: not run", "time left PT30S");
  }

  @Test
  void runner_ofAChildContextFails_exitsAreToldSuccess(VirtualTime time, Journal journal) {
    ConfigurableApplicationContext parent = run(journal, Map.of());
    var child =
        new SpringApplicationBuilder(BrokenRunner.class)
            .parent(parent)
            .web(WebApplicationType.NONE)
            .logStartupInfo(false)
            .bannerMode(org.springframework.boot.Banner.Mode.OFF)
            .properties(Map.of("logging.level.root", "OFF"));
    assertThatThrownBy(() -> child.run()).hasMessage("not run");
    parent.close();

    assertThat(journal.events())
        .containsExactly("enter buffer", "exit buffer, success", "time left PT30S");
  }

  @Test
  void exitTimeout_isAProperty(VirtualTime time, Journal journal) {
    run(journal, Map.of("withal.exit-timeout", "3s")).close();

    assertThat(journal.events())
        .containsExactly("enter buffer", "exit buffer, success", "time left PT3S");
  }

  @Test
  void exitTimeout_isNegative_failsTheStart(Journal journal) {
    assertThatThrownBy(() -> run(journal, Map.of("withal.exit-timeout", "-3s")))
        .hasRootCauseMessage("withal.exit-timeout is negative: PT-3S: set it to zero or more");
  }

  @Test
  void warnAfter_isAProperty_andSwitchesInsightOn(Journal journal) {
    try (ConfigurableApplicationContext context =
        run(journal, Map.of("withal.insight.warn-after", "2m"))) {
      assertThat(context.getBean(WithalProperties.class).insight().warnAfter())
          .isEqualTo(Duration.ofMinutes(2));
      assertThat(context.getBeanNamesForType(InsightEndpoint.class)).isEmpty();
      assertThat(Insight.isOn()).isTrue();
    } finally {
      Insight.stop();
      Insight.warnAfter(Duration.ZERO);
    }
  }

  @Test
  void health_isUpWhileBeansAreHeld_andNamesThem(Journal journal) {
    try (ConfigurableApplicationContext context = run(journal, Map.of())) {
      assertThat(health(context)).isEqualTo(Health.up().withDetail("buffer", "held").build());
    }
  }

  /** L15: code of others can't hurt. */
  @Test
  void health_reasonOfALossThrowsAsItIsPrinted_isDownAllTheSame(Journal journal) {
    try (ConfigurableApplicationContext context = run(journal, Map.of(), EndTest.Sessions.class);
        var _ = Report.listen(_ -> {})) {
      context
          .getBean(EndTest.Session.class)
          .lost()
          .completeExceptionally(
              new IllegalStateException("expired") {
                @Override
                public String getMessage() {
                  throw new UnsupportedOperationException();
                }
              });

      Health health = health(context);

      assertThat(health.getStatus()).isEqualTo(Status.DOWN);
      assertThat(health.getDetails().get("session"))
          .asString()
          .endsWith("whose toString throws java.lang.UnsupportedOperationException");
    }
  }

  @Test
  void health_isDownWhenAValueIsLost(Journal journal) {
    try (ConfigurableApplicationContext context = run(journal, Map.of(), EndTest.Sessions.class);
        var _ = Report.listen(_ -> {})) {
      context
          .getBean(EndTest.Session.class)
          .lost()
          .completeExceptionally(new IllegalStateException("expired"));

      Health health = health(context);

      assertThat(health.getStatus()).isEqualTo(Status.DOWN);
      assertThat(health.getDetails())
          .containsEntry("session", "lost: java.lang.IllegalStateException: expired")
          .containsEntry("buffer", "held");
    }
  }

  @Test
  void health_isSwitchedOffByItsProperty(Journal journal) {
    try (ConfigurableApplicationContext context =
        run(journal, Map.of("management.health.withal.enabled", "false"))) {
      assertThat(context.containsBean("withalHealthIndicator")).isFalse();
    }
  }

  @Test
  void insight_staysOffWhereItsEndpointIsNotExposed(Journal journal) {
    try (ConfigurableApplicationContext context = run(journal, Map.of())) {
      assertThat(context.getBeanNamesForType(InsightEndpoint.class)).isEmpty();
      assertThat(Insight.isOn()).isFalse();
    }
  }
}
