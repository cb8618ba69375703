package dev.withal.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The properties and the health of managed beans, in an application of Spring Boot. */
@AutoConfiguration
@EnableConfigurationProperties(WithalProperties.class)
final class WithalAutoConfiguration {

  /** Runners run when the context has started; it is closed if one fails. */
  @Bean
  static ApplicationListener<ApplicationFailedEvent> withalFailures(ApplicationContext context) {
    return new Failures(context);
  }

  private record Failures(ApplicationContext context)
      implements ApplicationListener<ApplicationFailedEvent> {
    @Override
    public void onApplicationEvent(ApplicationFailedEvent event) {
      // Those of child contexts come here as well.
      if (event.getApplicationContext() == context) {
        Lifespan.of(context).failed(event.getException());
      }
    }
  }

  /** Where the application has health. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
  static final class Health {
    @Bean
    @ConditionalOnEnabledHealthIndicator("withal")
    @ConditionalOnMissingBean(name = "withalHealthIndicator")
    static HealthIndicator withalHealthIndicator(ApplicationContext context) {
      return new BeansHealth(context);
    }
  }
}
